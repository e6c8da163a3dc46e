"""The worker process: takes jobs from its queue, runs them, and stores their results."""
