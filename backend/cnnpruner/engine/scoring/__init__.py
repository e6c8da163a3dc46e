"""Scores of units by criteria that look at weights or images, and the contract of criteria."""
