"""Networks by name, built with seeded weights."""
