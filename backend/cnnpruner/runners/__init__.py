"""Where a job runs: `local`, a warm worker process for each queue of a device."""
