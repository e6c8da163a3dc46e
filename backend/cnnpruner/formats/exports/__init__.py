"""Writes networks in three formats, checks the written files, and loads them elsewhere, without a server."""
