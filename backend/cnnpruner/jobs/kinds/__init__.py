"""One module for each kind of job, with its `run(inputs, context, …)`."""
