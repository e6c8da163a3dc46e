"""Studies on real trees: how much the product's numbers can be trusted. They use a running server by REST only."""
