"""Rows of plans; partial scores."""
