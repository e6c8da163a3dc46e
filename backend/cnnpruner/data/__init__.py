"""Images: where they are stored and how they are read, split and augmented."""
