"""What is shown of samples: the map and the pictures of filters."""
