"""Routes that inspect data sets and networks before anything is made of them."""
