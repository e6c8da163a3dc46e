"""One function for each action of a user, combining store, jobs and runners."""
