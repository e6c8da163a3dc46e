"""Computations on networks with torch. All inputs are passed as arguments, and all results are returned."""
