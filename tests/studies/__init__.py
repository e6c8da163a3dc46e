"""Tests of the arithmetic of `studies`, and that what is committed in docs/ is what the committed data give."""
