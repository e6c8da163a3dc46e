"""Scores units by criteria, and checks that the criteria satisfy their contract."""
