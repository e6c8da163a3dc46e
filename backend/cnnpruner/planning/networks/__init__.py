"""The networks that can be built, by name. Listing them does not build any network."""
