"""Scores units by criteria of weights or images, and checks the contract of criteria."""
