"""Images in memory or streamed from disk, and how their pixels are transformed before they reach a network."""
