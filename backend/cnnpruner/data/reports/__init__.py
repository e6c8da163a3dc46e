"""What is in a data set, and every fault of it with its cure."""
