"""Writes networks in three formats, checks the written files, and loads exported networks without a server."""
