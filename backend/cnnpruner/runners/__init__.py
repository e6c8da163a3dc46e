"""Where a job runs: `local`, a warm worker process for each lane of a device."""
