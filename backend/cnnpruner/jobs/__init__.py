"""Runs jobs: each kind has a function `run(inputs, context)`, which can be tested without a database."""
