"""The worker's side of the queue, with job functions that do what a test needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest

from cnnpruner.domain.jobs import INPUTS_BY_KIND, Job, JobKind, PruneJob
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput, JobCancelled
from cnnpruner.store import Store, open_store
from cnnpruner.worker import context as job_context
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.loop import WorkerLoop
from cnnpruner.worker.services import Services
from cnnpruner.worker.steps import find_steps
from tests.values import EXPERIMENT_CHECK, checked_experiment, epoch, experiment_value, new_node, node_result

PRUNE = PruneJob(units=[1])
Body = Callable[[Store, Job, JobContext], None]


@dataclass
class Line:
    """The line to the server, and what was said."""

    said: list[int | None] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)

    def send(self, **message: Any) -> None:
        """Keep it."""
        self.said.append(message["job"])

    def is_cancelled(self, job_id: int) -> bool:
        """As a test wants it."""
        return job_id in self.cancelled


@dataclass
class Case:
    """A store with one waiting node, and a worker."""

    store: Store
    line: Line
    node: Node
    job_id: int

    def run(self, monkeypatch: pytest.MonkeyPatch, body: Body) -> None:
        """Let the worker do the job with `body` in place of the real function."""

        def step(services: Services, job: Job, context: JobContext) -> None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "epoch-0.pt").write_bytes(b"x")
            body(services.store, job, context)

        monkeypatch.setitem(find_steps(), "prune", step)
        assert WorkerLoop(self.store, (), self.line).run_next("training")

    @property
    def folder(self) -> Path:
        """Of the node."""
        return self.store.files.node_folder(self.node.experiment_id, self.node.number)

    @property
    def job(self) -> Job:
        """As its row is now."""
        return self.store.jobs.get(self.job_id)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """One waiting node."""
    store = open_store(f"sqlite:///{tmp_path / 'experiments.db'}", tmp_path / "models")
    check = store.jobs.add(EXPERIMENT_CHECK)
    store.experiments.put_check(check.id, checked_experiment())
    store.jobs.cancel(check.id)
    experiment_id = store.experiments.add(experiment_value(), check.id)
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    return Case(store, Line(), node, job_id)


def test_every_kind_of_job_has_a_step() -> None:
    assert set(find_steps()) == set(INPUTS_BY_KIND) == set(get_args(JobKind))


def test_an_empty_lane_is_said_so(case: Case) -> None:
    assert not WorkerLoop(case.store, (), case.line).run_next("interactive")
    assert case.line.said == []


def test_a_finished_job_makes_its_node_ready(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(store: Store, job: Job, context: JobContext) -> None:
        context.commit_epoch(epoch(0))
        assert [row.epoch for row in context.finished_epochs] == [0]
        assert store.nodes.finish(job.id, job.attempt, node_result([0, 0, 1, 1]))

    case.run(monkeypatch, body)
    assert (case.job.state, case.store.nodes.get(case.node.id).state) == ("done", "ready")
    assert case.line.said == [case.job_id, None]


@pytest.mark.parametrize(
    ("error", "code"), [(InvalidInput("No."), "invalid_input"), (ZeroDivisionError("x"), "internal")]
)
def test_a_failing_job_fails_its_node_and_leaves_no_files(
    case: Case, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
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
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(store: Store, job: Job, context: JobContext) -> None:
        context.raise_if_cancelled()
        store.jobs.cancel(job.id)
        case.line.cancelled.add(job.id)
        context.raise_if_cancelled()
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert case.job.state == "cancelled"
    assert case.job.error is None
    assert not case.folder.exists()


def test_without_the_servers_word_the_row_itself_stops_the_job(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_context, "HELD_S", 0.0)

    def body(store: Store, job: Job, context: JobContext) -> None:
        store.jobs.cancel(job.id)
        with pytest.raises(JobCancelled):
            context.raise_if_cancelled()
        raise JobCancelled

    case.run(monkeypatch, body)


def test_a_stale_attempt_writes_nothing_and_leaves_the_files_of_its_successor(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(store: Store, _: Job, context: JobContext) -> None:
        store.jobs.requeue_lost(lambda worker: False)
        assert store.jobs.claim("training", "another") is not None
        context.commit_epoch(epoch(0))
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert (case.job.state, case.job.attempt) == ("running", 2)
    assert case.store.epochs.list(case.node.id) == []
    assert case.folder.exists()


def test_progress_is_written_once_in_a_while_but_first_and_last_always(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float] = []
    monkeypatch.setattr(job_context, "PROGRESS_S", 3600.0)  # or a busy machine needs more than a second for all of it

    def body(store: Store, _: Job, context: JobContext) -> None:
        progress = store.jobs.report_progress

        def keep(job_id: int, attempt: int, share: float, message: str, eta_s: float | None) -> bool:
            written.append(share)
            return progress(job_id, attempt, share, message, eta_s)

        monkeypatch.setattr(store.jobs, "progress", keep)
        for share in (0.1, 0.2, 0.3, 1.0):
            context.report_progress(share, "works")

    case.run(monkeypatch, body)
    assert written == [0.1, 1.0]


def test_an_experiment_deleted_meanwhile_stops_its_job(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(store: Store, _: Job, context: JobContext) -> None:
        store.experiments.remove(case.node.experiment_id)
        context.commit_epoch(epoch(0))
        raise AssertionError("went on")

    case.run(monkeypatch, body)
    assert case.store.experiments.list() == []
    assert not case.folder.exists()
