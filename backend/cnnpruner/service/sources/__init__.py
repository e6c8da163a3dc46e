"""Data sets and networks before anything is made of them."""
