"""Samples, maps of samples, and pictures of what filters respond to."""
