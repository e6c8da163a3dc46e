"""Scores units by criteria, and checks that criteria meet their contract."""
