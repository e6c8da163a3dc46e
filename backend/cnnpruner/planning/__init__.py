"""Makes plans from scores and computes their exact cost, without torch."""
