"""Rows of inspections and data reports."""
