"""Checks that database and model store belong together and that both are still in place."""
