"""Immutable values, such as experiments, nodes, plans and jobs. The API returns only such values."""
