"""Data sets from factories that are easily misread."""
