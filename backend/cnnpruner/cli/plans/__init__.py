"""The subcommands that work with plans."""
