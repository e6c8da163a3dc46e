"""What a data set contains, what problems it has, and how to fix them."""
