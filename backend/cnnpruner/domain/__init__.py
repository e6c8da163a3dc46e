"""Frozen values: experiments, nodes, plans, jobs. They are all that the API returns."""
