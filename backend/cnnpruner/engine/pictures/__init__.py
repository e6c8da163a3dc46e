"""What filters and samples look like: responses, gradients, maps."""
