"""Ratios of our time to the peers', side by side in one run; `python -m benchmarks [scoring|cutting|…]`."""
