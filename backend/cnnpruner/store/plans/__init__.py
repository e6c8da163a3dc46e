"""Stores plans and publishes partial scores."""
