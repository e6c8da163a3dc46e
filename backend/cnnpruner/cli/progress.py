"""Shows the progress of a job in the terminal."""

import sys

from cnnpruner.domain.jobs import Job


def show_progress(job: Job) -> None:
    """Shows the progress of `job` on one line of the terminal, which the next call overwrites."""
    time_left_text = "" if job.eta_s is None else f", {job.eta_s:.0f} s left"
    sys.stderr.write(f"\r\033[K{job.progress:4.0%} {job.message}{time_left_text}")
    sys.stderr.flush()
