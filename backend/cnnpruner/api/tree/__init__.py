"""Routes for experiments, their nodes, Autopilots, controls and estimates."""
