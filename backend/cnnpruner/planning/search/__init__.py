"""Parts of the search for the best plan: the removal orders to compare, and exchanges of filters between layers. Does
not import torch.
"""
