"""Images in memory or streamed, and what is done to pixels on their way to a network."""
