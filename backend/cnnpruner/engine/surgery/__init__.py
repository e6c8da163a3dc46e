"""Removes units from networks, and checks that the cuts are correct."""
