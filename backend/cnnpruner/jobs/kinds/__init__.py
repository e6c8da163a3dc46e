"""One module for each kind of job, each with a function `run(inputs, context, …)`."""
