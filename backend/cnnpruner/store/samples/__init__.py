"""Stores the maps of samples."""
