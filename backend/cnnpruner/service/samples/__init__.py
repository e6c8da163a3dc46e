"""Samples, their maps, and pictures of filters."""
