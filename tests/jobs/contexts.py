"""A context without a database, for tests of job functions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.errors import JobCancelled


class Killed(BaseException):
    """Stands for `kill -9`: no handler of the job may mend it."""


@dataclass
class FakeContext:
    """Keeps what a job tells; may be told to cancel or to kill it."""

    folder: Path
    key: str = "job 1"
    rows: list[Epoch] = field(default_factory=list)
    progress_reports: list[tuple[float, str, float | None]] = field(default_factory=list)
    scores: list[PartialScores] = field(default_factory=list)
    frames: list[EmbeddingFrame] = field(default_factory=list)
    kill_before_row: int | None = None
    kill_at: Callable[["FakeContext"], bool] = lambda _: False
    cancelled: bool = False

    @property
    def finished_epochs(self) -> list[Epoch]:
        """Committed rows."""
        return list(self.rows)

    def report_progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Keep it."""
        assert 0 <= fraction <= 1
        self.progress_reports.append((fraction, message, eta_s))

    def commit_epoch(self, epoch: Epoch) -> None:
        """Commit, once and in order."""
        if epoch.epoch == self.kill_before_row:
            raise Killed
        assert epoch.epoch == len(self.rows), "rows neither repeat nor leave a gap"
        self.rows.append(epoch)

    def publish_scores(self, scores: PartialScores) -> None:
        """Keep it."""
        self.scores.append(scores)

    def publish_frame(self, frame: EmbeddingFrame) -> None:
        """Keep it."""
        self.frames.append(frame)

    def raise_if_cancelled(self) -> None:
        """Cancel or kill where that was asked for."""
        if self.kill_at(self):
            raise Killed
        if self.cancelled:
            raise JobCancelled
