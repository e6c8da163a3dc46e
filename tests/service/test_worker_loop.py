"""The worker's side of the queue, with steps that do what a test needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest

from cnnpruner.domain.jobs import INPUTS_CLASS_BY_KIND, Job, JobKind, PruneJob
from cnnpruner.domain.plans.scores import PartialScores
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput, JobCancelled
from cnnpruner.store import Store, open_store
from cnnpruner.worker import context as job_context
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.loop import WorkerLoop
from cnnpruner.worker.services import Services
from cnnpruner.worker.steps import find_job_steps
from tests.values import EXPERIMENT_CHECK, checked_experiment, epoch, experiment_value, new_node, node_result

PRUNE = PruneJob(units=[1])
Body = Callable[[Store, Job, JobContext], None]


@dataclass
class FakePipe:
    """Replaces the pipe to the server, and records messages."""

    messages: list[int | None] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)

    def send(self, **message: Any) -> None:
        """Records the message."""
        self.messages.append(message["job"])

    def is_cancelled(self, job_id: int) -> bool:
        """Set by the test."""
        return job_id in self.cancelled


@dataclass
class WorkerCase:
    """A store with one waiting node, and a worker."""

    store: Store
    pipe: FakePipe
    node: Node
    job_id: int

    def run(self, monkeypatch: pytest.MonkeyPatch, body: Body) -> None:
        """Runs the job with `body` in place of the real step."""

        def step(services: Services, job: Job, context: JobContext) -> None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "epoch-0.pt").write_bytes(b"x")
            body(services.store, job, context)

        monkeypatch.setitem(find_job_steps(), "prune", step)
        assert WorkerLoop(self.store, (), self.pipe).run_next("training")

    @property
    def folder(self) -> Path:
        """Folder of the node."""
        return self.store.files.node_folder(self.node.experiment_id, self.node.number)

    @property
    def job(self) -> Job:
        """The job as its row is now."""
        return self.store.jobs.get(self.job_id)


@pytest.fixture
def case(tmp_path: Path) -> WorkerCase:
    """One waiting node."""
    store = open_store(f"sqlite:///{tmp_path / 'experiments.db'}", tmp_path / "models")
    check = store.jobs.add(EXPERIMENT_CHECK)
    store.experiments.store_check_result(check.id, checked_experiment())
    store.jobs.cancel(check.id)
    experiment_id = store.experiments.add(experiment_value(), check.id)
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    return WorkerCase(store, FakePipe(), node, job_id)


def test_every_kind_of_job_has_a_step() -> None:
    assert set(find_job_steps()) == set(INPUTS_CLASS_BY_KIND) == set(get_args(JobKind))


def test_an_empty_queue_runs_nothing(case: WorkerCase) -> None:
    assert not WorkerLoop(case.store, (), case.pipe).run_next("interactive")
    assert case.pipe.messages == []


def test_a_finished_job_makes_its_node_ready(case: WorkerCase, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(store: Store, job: Job, context: JobContext) -> None:
        context.commit_epoch(epoch(0))
        assert [row.epoch for row in context.finished_epochs] == [0]
        assert store.nodes.finish(job.id, job.attempt, node_result([0, 0, 1, 1]))

    case.run(monkeypatch, body)
    assert (case.job.state, case.store.nodes.get(case.node.id).state) == ("done", "ready")
    assert case.pipe.messages == [case.job_id, None]


def test_partial_scores_of_each_criterion_are_published_and_throttled_separately(
    case: WorkerCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[tuple[str, int]] = []

    def body(store: Store, job: Job, context: JobContext) -> None:
        monkeypatch.setattr(
            store.scores, "publish", lambda _, __, scores: published.append((scores.criterion, scores.batches_done))
        )
        for done in (1, 2):
            for criterion in ("taylor", "loss_change"):
                context.publish_scores(
                    PartialScores(
                        node_id=case.node.id,
                        criterion=criterion,
                        batches_done=done,
                        batches=2,
                        score=[],
                        instability=[],
                    )
                )
        assert store.nodes.finish(job.id, job.attempt, node_result([0, 0, 1, 1]))

    case.run(monkeypatch, body)
    assert published[:2] == [("taylor", 1), ("loss_change", 1)]


@pytest.mark.parametrize(
    ("error", "code"), [(InvalidInput("No."), "invalid_input"), (ZeroDivisionError("x"), "internal")]
)
def test_a_failing_job_fails_its_node_and_leaves_no_files(
    case: WorkerCase, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def body(_: Store, __: Job, ___: JobContext) -> None:
        raise error

    case.run(monkeypatch, body)
    node = case.store.nodes.get(case.node.id)
    assert (case.job.state, node.state) == ("failed", "failed")
    assert node.error is not None
    assert node.error.code == code
    assert not case.folder.exists()


def test_a_cancelled_job_stops_at_its_next_safe_point_and_leaves_no_files(
    case: WorkerCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(store: Store, job: Job, context: JobContext) -> None:
        context.raise_if_cancelled()
        store.jobs.cancel(job.id)
        case.pipe.cancelled.add(job.id)
        context.raise_if_cancelled()
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert case.job.state == "cancelled"
    assert case.job.error is None
    assert not case.folder.exists()


def test_a_cancelled_row_stops_the_job_without_a_message(case: WorkerCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_context, "LEASE_CHECK_INTERVAL_S", 0.0)

    def body(store: Store, job: Job, context: JobContext) -> None:
        store.jobs.cancel(job.id)
        with pytest.raises(JobCancelled):
            context.raise_if_cancelled()
        raise JobCancelled

    case.run(monkeypatch, body)


def test_a_stale_attempt_writes_nothing_and_keeps_the_files_of_its_successor(
    case: WorkerCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(store: Store, _: Job, context: JobContext) -> None:
        store.jobs.requeue_lost_jobs(lambda worker: False)
        assert store.jobs.claim("training", "another") is not None
        context.commit_epoch(epoch(0))
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert (case.job.state, case.job.attempt) == ("running", 2)
    assert case.store.epochs.list(case.node.id) == []
    assert case.folder.exists()


def test_only_some_progress_is_written_but_always_the_first_and_last(
    case: WorkerCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float] = []
    monkeypatch.setattr(
        job_context, "PROGRESS_INTERVAL_S", 3600.0
    )  # or a busy machine needs more than a second for all of it

    def body(store: Store, _: Job, context: JobContext) -> None:
        progress = store.jobs.report_progress

        def keep(job_id: int, attempt: int, share: float, message: str, eta_s: float | None) -> bool:
            written.append(share)
            return progress(job_id, attempt, share, message, eta_s)

        monkeypatch.setattr(store.jobs, "report_progress", keep)
        for share in (0.1, 0.2, 0.3, 1.0):
            context.report_progress(share, "works")

    case.run(monkeypatch, body)
    assert written == [0.1, 1.0]


def test_deleting_an_experiment_stops_its_job(case: WorkerCase, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(store: Store, _: Job, context: JobContext) -> None:
        store.experiments.remove(case.node.experiment_id)
        context.commit_epoch(epoch(0))
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert case.store.experiments.list() == []
    assert not case.folder.exists()
