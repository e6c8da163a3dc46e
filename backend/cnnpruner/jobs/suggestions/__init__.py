"""The job that runs the search for the best plan of a node."""
