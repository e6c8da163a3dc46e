"""Data sets and networks that experiments are created from, and the reports on them."""
