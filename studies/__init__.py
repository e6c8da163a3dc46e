"""Studies on real trees: what the product's numbers are worth. They speak to a running server by REST alone."""
