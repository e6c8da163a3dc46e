"""Third-party checkpoints."""
