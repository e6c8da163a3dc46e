"""What a data set contains, and every problem with it and its cure."""
