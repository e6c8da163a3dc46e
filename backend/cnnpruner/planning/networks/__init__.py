"""The networks that can be built, by name. No network is built to list them."""
