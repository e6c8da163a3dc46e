"""Stores experiments, nodes, epochs, estimates and autopilots."""
