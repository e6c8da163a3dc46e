"""Records the examples of the OpenAPI document, and tests them."""
