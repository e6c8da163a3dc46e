"""The subcommands that save an experiment as a file and open such a file."""
