"""Bundles: experiments as one .zip, written as a stream and read as untrusted input. Uses neither torch nor pickle."""
