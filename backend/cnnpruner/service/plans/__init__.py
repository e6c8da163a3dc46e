"""Plans and the criteria that rank for them."""
