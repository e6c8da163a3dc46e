"""A context without a database, for tests of job functions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Preview
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.plans.suggestions import SearchState
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.errors import JobCancelled


class Killed(BaseException):
    """Simulates `kill -9`: no handler of the job may catch it."""


@dataclass
class FakeContext:
    """Records what a job reports, and can cancel or kill it."""

    folder: Path
    key: str = "job 1"
    rows: list[Epoch] = field(default_factory=list)
    progress_reports: list[tuple[float, str, float | None]] = field(default_factory=list)
    scores: list[PartialScores] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    search_states: list[SearchState] = field(default_factory=list)
    frames: list[EmbeddingFrame] = field(default_factory=list)
    latencies: list[LatencyDistribution] = field(default_factory=list)
    kill_before_row: int | None = None
    kill_at: Callable[["FakeContext"], bool] = lambda _: False
    cancelled: bool = False

    @property
    def finished_epochs(self) -> list[Epoch]:
        """The committed rows."""
        return list(self.rows)

    def report_progress(self, fraction: float, message: str, eta_s: float | None = None) -> None:
        """Record the progress."""
        assert 0 <= fraction <= 1
        self.progress_reports.append((fraction, message, eta_s))

    def commit_epoch(self, epoch: Epoch) -> None:
        """Commit the row; each epoch once and in order."""
        if epoch.epoch == self.kill_before_row:
            raise Killed
        assert epoch.epoch == len(self.rows), "rows must neither repeat nor leave a gap"
        self.rows.append(epoch)

    def publish_scores(self, scores: PartialScores) -> None:
        """Record the scores."""
        self.scores.append(scores)

    def publish_preview(self, preview: Preview) -> None:
        """Record the preview."""
        self.previews.append(preview)

    def publish_suggestion(self, suggestion_id: int, state: SearchState) -> None:
        """Record the state of the search."""
        self.search_states.append(state)

    def publish_frame(self, frame: EmbeddingFrame) -> None:
        """Record the frame."""
        self.frames.append(frame)

    def find_latencies(self, layers: Layers) -> list[LatencyDistribution]:
        """Return `latencies`, whatever the structure."""
        return self.latencies

    def raise_if_cancelled(self) -> None:
        """Raise Killed or JobCancelled if the test asked for it."""
        if self.kill_at(self):
            raise Killed
        if self.cancelled:
            raise JobCancelled
