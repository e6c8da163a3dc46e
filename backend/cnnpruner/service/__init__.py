"""One function for each intention of a user; where store, jobs and runners meet."""
