"""Where jobs run: `local`, a long-lived worker process for each queue."""
