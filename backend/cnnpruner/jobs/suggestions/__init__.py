"""Job `suggestion`: searches for the best plan of a node."""
