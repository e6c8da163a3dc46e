"""From scores to a plan and its exact cost, without torch."""
