"""Runners start the workers that run jobs. The only one, `local`, starts a long-lived worker process per queue."""
