"""That database and model store belong together, and that both are still there."""
