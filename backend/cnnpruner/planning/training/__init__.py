"""Recommended training settings, and how long a training run takes. Does not import torch."""
