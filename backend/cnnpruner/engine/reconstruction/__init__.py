"""Fits the weights of a cut network to the outputs of its parent, without training."""
