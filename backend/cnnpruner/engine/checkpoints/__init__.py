"""Reads third-party checkpoints without running code in them, and finds the weights that fit a network."""
