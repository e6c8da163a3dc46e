"""Routes for maps of samples and pictures of filters."""
