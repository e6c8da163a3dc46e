"""Networks that leave: written in three formats, read again, compared, and rebuilt elsewhere without a server."""
