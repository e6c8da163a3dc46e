"""Runners start the workers that run jobs. The only runner, `local`, keeps one long-lived worker process per queue."""
