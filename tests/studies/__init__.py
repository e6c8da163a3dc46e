"""Tests of the arithmetic of `studies`, and that the tables and figures in docs/ match the committed data."""
