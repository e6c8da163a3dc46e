"""Bundles: whole experiments as one .zip, written as a stream and read without trust. Free of torch and of pickle."""
