"""What can be cut in a network, with its proof, and whether it can be trained."""
