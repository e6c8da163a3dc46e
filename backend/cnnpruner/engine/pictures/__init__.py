"""Pictures of filters and samples: responses, gradients, maps."""
