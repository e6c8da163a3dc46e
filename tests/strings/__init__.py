"""All strings that a person can meet, and samples of names and docstrings, for whoever reviews the language."""
