"""Computes and draws the responses of filters to images, guided gradients, and maps of samples."""
