"""Stores inspections and data reports."""
