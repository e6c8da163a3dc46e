"""The only code that sees rows and files; takes and returns domain values."""
