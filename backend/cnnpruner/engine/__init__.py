"""Computations on networks, using torch. All inputs are passed as arguments, and all results are returned."""
