"""The OpenAPI document: completed with examples and words, written for the page's types."""
