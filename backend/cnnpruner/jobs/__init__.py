"""One `run(inputs, context)` for each kind of job, testable without a database."""
