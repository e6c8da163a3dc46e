"""Values that plans are made from: layers, units, criteria, scores and rules."""
