"""One `run(inputs, context)` for each kind of work, testable without a database."""
