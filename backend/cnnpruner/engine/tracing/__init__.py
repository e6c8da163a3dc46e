"""Channel-identity tracing: run a network once with an integer id for every channel, and see which must go together."""
