"""The search for the best plan: which orders are compared, and exchanges of width. Does not import torch."""
