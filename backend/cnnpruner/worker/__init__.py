"""The worker process: takes jobs from the queue, runs them, writes their results."""
