"""Computations on networks with torch: all inputs are arguments, all results are returned."""
