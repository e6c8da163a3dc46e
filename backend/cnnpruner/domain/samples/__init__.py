"""What is shown of samples: their map and the pictures of filters."""
