"""Removes units from a network, and checks trial cuts."""
