"""Routes for reports on data sets and networks, before an experiment is created from them."""
