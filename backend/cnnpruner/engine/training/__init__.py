"""Training and evaluating a network."""
