"""Experiments, nodes and what grows branches, as values."""
