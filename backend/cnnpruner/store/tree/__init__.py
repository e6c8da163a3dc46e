"""Rows of experiments, nodes, epochs and what grows branches."""
