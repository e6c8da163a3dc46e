"""The job that searches for the best plan of a node."""
