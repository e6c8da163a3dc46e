"""The OpenAPI document, with descriptions and examples added."""
