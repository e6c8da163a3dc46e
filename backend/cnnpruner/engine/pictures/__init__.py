"""Computes and draws how filters respond to images, guided gradients, and maps of samples."""
