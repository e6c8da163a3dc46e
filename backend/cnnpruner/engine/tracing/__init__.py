"""Channel tracing: runs a network once with an integer id for each channel to find out which channels are coupled."""
