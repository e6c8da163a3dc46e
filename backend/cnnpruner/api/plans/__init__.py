"""Routes of plans and of the criteria that rank for them."""
