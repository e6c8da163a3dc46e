"""The subcommands about plans."""
