"""Stores plans; publishes partial scores."""
