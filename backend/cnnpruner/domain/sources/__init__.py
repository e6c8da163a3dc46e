"""Data sets and networks that an experiment can be made of, and what an inspection says of them."""
