"""Data sets and networks, before an experiment is created from them."""
