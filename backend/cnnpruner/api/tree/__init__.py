"""Routes for experiments, their nodes, and what grows branches."""
