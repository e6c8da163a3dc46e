"""Channel tracing: run a network once with an integer id per channel to find which channels are coupled."""
