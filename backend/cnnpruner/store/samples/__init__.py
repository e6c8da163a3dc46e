"""Stores maps of samples."""
