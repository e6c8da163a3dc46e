"""Plans, and the criteria that rank filters for them."""
