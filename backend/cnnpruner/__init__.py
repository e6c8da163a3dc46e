"""CNNPruner: prune a convolutional network interactively, with every version kept in a tree."""

__version__ = "0.1.0"
