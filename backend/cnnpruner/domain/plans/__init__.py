"""What plans are made of: layers and units, criteria, scores, rules."""
