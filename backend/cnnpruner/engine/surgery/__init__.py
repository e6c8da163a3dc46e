"""Removing units from a network, and what a trial cut breaks."""
