"""Routes of experiments, their nodes and what grows branches."""
