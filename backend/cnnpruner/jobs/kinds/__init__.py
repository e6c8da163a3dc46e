"""One module per kind of job, each with its `run(inputs, context, …)`."""
