"""Progress of a job on the terminal."""

import sys

from cnnpruner.domain.jobs import Job


def show_progress(job: Job) -> None:
    """One line on the terminal, written over."""
    left = "" if job.eta_s is None else f", {job.eta_s:.0f} s left"
    sys.stderr.write(f"\r\033[K{job.progress:4.0%} {job.message}{left}")
    sys.stderr.flush()
