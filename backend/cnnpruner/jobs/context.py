"""The interface through which a running job reports to the service. It does not depend on the job runner."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Preview
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.plans.suggestions import SearchState
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Epoch

MIN_SECONDS_BEFORE_ETA = 1.0
"""Number of seconds that must pass before the remaining time is estimated."""


class Context(Protocol):
    """What a running job can request from the service. Every method raises `JobCancelled` if the job has been
    cancelled, or if another attempt at the job has started.
    """

    @property
    def key(self) -> str:
        """Key that all attempts at the job share. It is stored in the job's checkpoints."""

    @property
    def folder(self) -> Path:
        """Folder of the node that the job creates."""

    @property
    def finished_epochs(self) -> list[Epoch]:
        """The epochs whose database rows are committed, 0 to n without gaps. A resumed job does not repeat them."""

    def report_progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Report what share of the job is done (0-1), the current step, and the remaining seconds if known."""

    def commit_epoch(self, epoch: Epoch) -> None:
        """Commit the database row of an epoch whose checkpoint is on disk."""

    def publish_scores(self, scores: PartialScores) -> None:
        """Publish the scores that result from the batches processed so far."""

    def publish_preview(self, preview: Preview) -> None:
        """Publish the parts of a preview that have been measured so far."""

    def publish_suggestion(self, suggestion_id: int, state: SearchState) -> None:
        """Publish what the search for a suggestion has found so far."""

    def publish_frame(self, frame: EmbeddingFrame) -> None:
        """Publish the current state of the map of samples."""

    def find_latencies(self, layers: Layers) -> Sequence[LatencyDistribution]:
        """Return the latencies that were measured for nodes of the experiment with the same structure as `layers`."""

    def raise_if_cancelled(self) -> None:
        """Raise `JobCancelled` if the job has been cancelled. This is fast enough to be called at every training
        step.
        """


def progress_in_range(context: Context, low: float, high: float, shows_eta: bool = False) -> Progress:
    """Return a function that reports the progress of one step of the job. The step takes the job's progress from `low`
    to `high`.

    The function also raises `JobCancelled` if the job has been cancelled. shows_eta: whether to estimate the remaining
    seconds from the pace of this step so far; set this only for the last long step of a job.
    """
    start_time = time.monotonic()

    def report(fraction: float, message: str) -> None:
        context.raise_if_cancelled()
        done = min(max(fraction, 0.0), 1.0)
        elapsed_s = time.monotonic() - start_time
        eta_s = elapsed_s / done * (1 - done) if shows_eta and done > 0 and elapsed_s > MIN_SECONDS_BEFORE_ETA else None
        context.report_progress(low + (high - low) * done, message, eta_s)

    return report
