"""Routes of the samples' map and of filter pictures."""
