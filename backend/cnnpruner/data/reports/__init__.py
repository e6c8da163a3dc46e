"""What a data set contains, which problems it has, and how to fix them."""
