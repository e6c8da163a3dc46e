"""Frozen values: what an Experiment, a Node, a Plan, a Job is. The API returns these and nothing else."""
