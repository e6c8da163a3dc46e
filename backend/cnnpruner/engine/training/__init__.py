"""Trains and evaluates networks."""
