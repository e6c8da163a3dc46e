"""Routes for plans and criteria."""
