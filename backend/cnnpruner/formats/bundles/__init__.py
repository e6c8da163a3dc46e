"""Bundles: experiments as one .zip, written as a stream and read without trusting it. Free of torch and of pickle."""
