"""What a job may say and ask while it runs; nothing in it tells under which runner."""

import time
from pathlib import Path
from typing import Protocol

from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.nodes import Epoch

SURE_S = 1.0
"""The pace of less than that is no pace yet."""


class Context(Protocol):
    """The job's side of the service. Every method raises `JobCancelled` once the job shall end."""

    @property
    def key(self) -> str:
        """The same through all attempts of this job, and never that of another: marks its checkpoints."""

    @property
    def folder(self) -> Path:
        """Folder of the node that the job makes."""

    @property
    def finished_epochs(self) -> list[Epoch]:
        """Epochs whose rows are committed, 0..n without gap; a job that goes on does not repeat them."""

    def progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Share of the whole work that is done, 0-1, what is being done, seconds left where known."""

    def epoch(self, epoch: Epoch) -> None:
        """Commit the row of an epoch whose checkpoint is on disk."""

    def partial_scores(self, scores: PartialScores) -> None:
        """Show the scores of the batches seen so far."""

    def frame(self, frame: EmbeddingFrame) -> None:
        """Show the map of samples as it stands."""

    def check(self) -> None:
        """A safe point: cheap enough for every step."""


def part(context: Context, low: float, high: float, shows_eta: bool = False) -> Progress:
    """A progress function for the part of the work between the shares `low` and `high`; also a safe point.

    tells_eta: for the last long part of a job: the seconds left are estimated by the pace of the part so far.
    """
    started = time.monotonic()

    def tell(fraction: float, message: str) -> None:
        context.check()
        done = min(max(fraction, 0.0), 1.0)
        passed_s = time.monotonic() - started
        eta_s = passed_s / done * (1 - done) if shows_eta and done > 0 and passed_s > SURE_S else None
        context.progress(low + (high - low) * done, message, eta_s)

    return tell
