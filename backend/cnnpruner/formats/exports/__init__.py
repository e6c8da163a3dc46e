"""Exported networks: written in three formats, read back, compared, and rebuilt elsewhere without a server."""
