"""Inspects a network: finds what can be cut, checks a random cut, and tries a training step."""
