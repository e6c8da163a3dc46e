"""Images in memory or streamed, and how their pixels are transformed before they reach a network."""
