"""Rows of links, bundles and exports."""
