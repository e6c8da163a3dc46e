"""Experiments, nodes, Autopilots, controls and estimates."""
