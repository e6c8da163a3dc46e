"""Rows of maps."""
