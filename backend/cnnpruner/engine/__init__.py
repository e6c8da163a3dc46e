"""Arithmetic on networks: everything needed is an argument, everything found is returned."""
