"""From the rows of a job to the inputs of its function, and from its result to rows."""
