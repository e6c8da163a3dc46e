"""Experiments, nodes, and what grows branches."""
