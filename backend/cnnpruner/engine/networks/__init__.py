"""Builds networks by name, with seeded weights."""
