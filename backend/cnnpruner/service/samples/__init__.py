"""Samples, their map, and the pictures of filters."""
