"""One function for each action of a user; each combines the store, the jobs and the runners."""
