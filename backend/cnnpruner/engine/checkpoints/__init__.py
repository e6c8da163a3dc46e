"""Third-party checkpoints: reads them without running code, and finds the weights that fit a network."""
