"""What networks reach at a given cost: fixed and suggested plans, and recipes for training them."""
