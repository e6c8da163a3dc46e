"""A running job's access to the store. The results of an attempt are stored only while the job is leased to it."""

import time
from pathlib import Path
from typing import Any, Protocol

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Preview
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.plans.suggestions import SearchState
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.errors import JobCancelled
from cnnpruner.store import Store

PROGRESS_INTERVAL_S = 1.0
"""Minimum time between two stored progress reports. The first and the last report are always stored."""
SCORES_INTERVAL_S = 0.25
"""Minimum time between two events with partial scores of the same criterion."""
LEASE_CHECK_INTERVAL_S = 1.0
"""Interval at which an attempt checks in the database that its job is still leased to it."""


class ServerPipe(Protocol):
    """The worker's pipe to its server."""

    def send(self, **message: Any) -> None:
        """Send a message to the server."""

    def is_cancelled(self, job_id: int) -> bool:
        """Returns whether the server has asked this process to stop the job `job_id`."""


class JobContext:
    """One attempt at one job.

    Its methods may raise JobCancelled once the job is cancelled or leased to another attempt, and StoreMissing if the
    database or model store is missing, for example because its disk is not mounted.
    """

    def __init__(self, store: Store, job: Job, folder: Path, pipe: ServerPipe) -> None:
        self._store = store
        self._job = job
        self._pipe = pipe
        self._due: dict[str, float] = {}
        """For each rate-limited action, the earliest time (on the monotonic clock) at which it can run again."""
        self.folder = folder
        self.key = f"job {job.id} of {job.created_at.isoformat()}"

    @property
    def finished_epochs(self) -> list[Epoch]:
        """Returns the epochs stored so far for the node that the job creates; `[]` if the job belongs to no node."""
        return self._store.epochs.list(self._job.node_id) if self._job.node_id is not None else []

    def report_progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Store the progress if the job is done or the last stored progress is at least a second old."""
        if fraction < 1 and not self._rate_limit_allows("progress", PROGRESS_INTERVAL_S):
            return
        self._raise_cancelled_unless(
            self._store.jobs.report_progress(self._job.id, self._job.attempt, fraction, message, eta_s)
        )

    def commit_epoch(self, epoch: Epoch) -> None:
        """Store a finished epoch of the node that the job creates."""
        assert self._job.node_id is not None
        self._raise_cancelled_unless(self._store.epochs.add(self._job.id, self._job.attempt, self._job.node_id, epoch))

    def publish_scores(self, scores: PartialScores) -> None:
        """Publish partial scores to the event streams, unless scores by the same criterion were published less than
        `SCORES_INTERVAL_S` ago.
        """
        if self._rate_limit_allows(f"scores by {scores.criterion}", SCORES_INTERVAL_S):
            self._store.scores.publish(self._job.id, self._job.attempt, scores)

    def publish_preview(self, preview: Preview) -> None:
        """Publish the parts of a preview that have been measured so far."""
        self._raise_cancelled_unless(self._store.plans.publish_preview(self._job.id, self._job.attempt, preview))

    def publish_suggestion(self, suggestion_id: int, state: SearchState) -> None:
        """Store what the search for a suggestion has found so far, and publish it to the event streams."""
        self._raise_cancelled_unless(
            self._store.suggestions.set_state(self._job.id, self._job.attempt, suggestion_id, state)
        )

    def publish_frame(self, frame: EmbeddingFrame) -> None:
        """Publish an intermediate layout (frame) of the map of samples to the event streams."""
        self._raise_cancelled_unless(self._store.embeddings.publish_frame(self._job.id, self._job.attempt, frame))

    def find_latencies(self, layers: Layers) -> list[LatencyDistribution]:
        """Returns the latencies stored for nodes of the experiment that have the structure `layers`, if they were
        measured in alternation with the root.
        """
        assert self._job.experiment_id is not None
        return self._store.nodes.find_latencies(self._job.experiment_id, layers)

    def raise_if_cancelled(self) -> None:
        """Raise JobCancelled if the job is cancelled or leased to another attempt. Raise StoreMissing if the database
        or model store is missing. The lease is checked about once a second.
        """
        self._raise_cancelled_unless(not self._pipe.is_cancelled(self._job.id))
        self._store.require_writable()
        if self._rate_limit_allows("lease", LEASE_CHECK_INTERVAL_S):
            self._raise_cancelled_unless(self._store.jobs.is_leased(self._job.id, self._job.attempt))

    def _raise_cancelled_unless(self, may_continue: bool) -> None:
        if not may_continue:
            raise JobCancelled(
                f"attempt {self._job.attempt} of job {self._job.id} was cancelled or replaced by another attempt"
            )

    def _rate_limit_allows(self, action: str, interval_s: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(action, 0.0):
            return False
        self._due[action] = now + interval_s
        return True
