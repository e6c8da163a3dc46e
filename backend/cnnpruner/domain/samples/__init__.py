"""Samples: their maps, and pictures of what filters respond to."""
