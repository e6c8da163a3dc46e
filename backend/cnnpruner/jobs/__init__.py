"""One `run(inputs, context)` function for each kind of job, testable without a database."""
