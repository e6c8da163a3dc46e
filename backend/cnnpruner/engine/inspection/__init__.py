"""Inspects a network: what can be cut, with a proof, and whether it can be trained."""
