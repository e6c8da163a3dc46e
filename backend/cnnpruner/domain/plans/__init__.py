"""What plans consist of: layers, units, criteria, scores and rules."""
