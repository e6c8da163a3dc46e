"""A running job's access to the store; a write succeeds only if the job is still leased to this attempt."""

import time
from pathlib import Path
from typing import Any, Protocol

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Preview
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.errors import JobCancelled
from cnnpruner.store import Store

PROGRESS_INTERVAL_S = 1.0
"""Progress is stored at most this often, except for the first and last report."""
SCORES_INTERVAL_S = 0.25
"""Partial scores are published at most this often."""
LEASE_CHECK_INTERVAL_S = 1.0
"""Interval at which the database is asked whether the job is still leased to this attempt."""


class ServerPipe(Protocol):
    """The worker's pipe to its server."""

    def send(self, **message: Any) -> None:
        """Send a message to the server."""

    def is_cancelled(self, job_id: int) -> bool:
        """Returns whether the server asked this process to end `job_id`."""


class JobContext:
    """One attempt at one job. Raises JobCancelled once the job is cancelled or leased to another attempt.

    Raises StoreMissing if the database or model store is missing, for example because its disk is not mounted.
    """

    def __init__(self, store: Store, job: Job, folder: Path, pipe: ServerPipe) -> None:
        self._store = store
        self._job = job
        self._pipe = pipe
        self._due: dict[str, float] = {}
        """For each action, the time on the monotonic clock at which it is due again."""
        self.folder = folder
        self.key = f"job {job.id} of {job.created_at.isoformat()}"

    @property
    def finished_epochs(self) -> list[Epoch]:
        """Returns the committed epochs of the node that the job is making."""
        return self._store.epochs.list(self._job.node_id) if self._job.node_id is not None else []

    def report_progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Store the progress if the job is done or the last stored progress is at least a second old."""
        if fraction < 1 and not self._take_turn_if_due("progress", PROGRESS_INTERVAL_S):
            return
        self._stop_job_unless(
            self._store.jobs.report_progress(self._job.id, self._job.attempt, fraction, message, eta_s)
        )

    def commit_epoch(self, epoch: Epoch) -> None:
        """Commit the row of the epoch."""
        assert self._job.node_id is not None
        self._stop_job_unless(self._store.epochs.add(self._job.id, self._job.attempt, self._job.node_id, epoch))

    def publish_scores(self, scores: PartialScores) -> None:
        """Publish partial scores to the event streams, unless partial scores of this criterion were published a moment
        ago.
        """
        if self._take_turn_if_due(f"scores by {scores.criterion}", SCORES_INTERVAL_S):
            self._store.scores.publish(self._job.id, self._job.attempt, scores)

    def publish_preview(self, preview: Preview) -> None:
        """Publish the parts of a preview that have been measured so far."""
        self._stop_job_unless(self._store.plans.publish_preview(self._job.id, self._job.attempt, preview))

    def publish_frame(self, frame: EmbeddingFrame) -> None:
        """Publish a frame of the map of samples to the event streams."""
        self._stop_job_unless(self._store.embeddings.publish_frame(self._job.id, self._job.attempt, frame))

    def find_latencies(self, layers: Layers) -> list[LatencyDistribution]:
        """Returns the stored latencies of nodes with this structure."""
        assert self._job.experiment_id is not None
        return self._store.nodes.find_latencies(self._job.experiment_id, layers)

    def raise_if_cancelled(self) -> None:
        """Check that the job is not cancelled, that the store is in place, and, about once a second, that the lease is
        valid.
        """
        self._stop_job_unless(not self._pipe.is_cancelled(self._job.id))
        self._store.require_writable()
        if self._take_turn_if_due("lease", LEASE_CHECK_INTERVAL_S):
            self._stop_job_unless(self._store.jobs.is_leased(self._job.id, self._job.attempt))

    def _stop_job_unless(self, may_continue: bool) -> None:
        if not may_continue:
            raise JobCancelled(
                f"attempt {self._job.attempt} of job {self._job.id} was cancelled or replaced by another"
            )

    def _take_turn_if_due(self, action: str, period_s: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(action, 0.0):
            return False
        self._due[action] = now + period_s
        return True
