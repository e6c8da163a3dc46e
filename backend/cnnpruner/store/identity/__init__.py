"""Checks that the database and the model store belong together and that both are still in place."""
