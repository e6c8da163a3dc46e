"""The job queue. A conditional UPDATE leases a job to one worker, as a new attempt with its own number. A write by a
worker is accepted only while the job is leased to the worker's attempt.
"""

from builtins import list as List
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cnnpruner.domain.base import ErrorBody
from cnnpruner.domain.events import JobEvent, NodeEvent
from cnnpruner.domain.jobs import INPUTS_CLASS_BY_KIND, Job, JobInputs, NewJob, Queue, ScoreJob
from cnnpruner.errors import InvalidInput, NotFound
from cnnpruner.store.deletions import record_deletion
from cnnpruner.store.events import drop_embedding_frames, drop_partial_scores, emit
from cnnpruner.store.rows import JobRow, NodeRow
from cnnpruner.store.sessions import Sessions, now
from cnnpruner.store.tree.experiments import find_experiment, require_weights
from cnnpruner.store.values import job_from_row, node_from_row

Inputs = TypeVar("Inputs", bound=JobInputs)

MAX_ATTEMPTS_WITHOUT_PROGRESS = 3
"""A job fails after this many attempts in a row without a finished epoch."""

MAX_USER_CODE_ATTEMPTS = 2
"""A job that runs user code fails after this many attempts in a row. It has fewer attempts than other jobs, because
if a worker crashes while it runs user code, that code is probably the cause.
"""

FINAL_JOB_STATES = ("done", "failed", "cancelled")
WORKER_LOST_ERROR = ErrorBody(
    code="worker_lost",
    message=(
        f"The worker process died {MAX_ATTEMPTS_WITHOUT_PROGRESS} times without finishing an epoch; see the server's "
        "log for the reason. The usual cause is a lack of memory; try a smaller batch size."
    ),
    details={"attempts": MAX_ATTEMPTS_WITHOUT_PROGRESS},
)


def _make_lost_worker_error(row: JobRow) -> ErrorBody | None:
    """Returns the error of a job whose workers died too often; None if the job should be retried."""
    inputs = INPUTS_CLASS_BY_KIND[row.kind].model_validate(row.inputs) if row.kind == ScoreJob.kind else None
    if not isinstance(inputs, ScoreJob) or inputs.source is None:
        return WORKER_LOST_ERROR if row.attempts_without_progress >= MAX_ATTEMPTS_WITHOUT_PROGRESS else None
    sentence = (
        f"The worker died {MAX_USER_CODE_ATTEMPTS} times while computing scores with criterion {inputs.criterion} in "
        f"{inputs.source}. The criterion probably crashes or uses too much memory; fix it and restart the server."
    )
    error = ErrorBody(code=InvalidInput.code, message=sentence, details={"criterion": inputs.criterion})
    return error if row.attempts_without_progress >= MAX_USER_CODE_ATTEMPTS else None


def find_leased_row(session: Session, job_id: int, attempt: int) -> JobRow | None:
    """Returns the job's row if the job is running and leased to this attempt, else None."""
    row = session.get(JobRow, job_id)
    return row if row is not None and row.state == "running" and row.attempt == attempt else None


def publish_job(session: Session, row: JobRow) -> Job:
    """Publishes the changed job in `row` to the event streams, and returns the job."""
    session.flush()
    value = job_from_row(row)
    if row.experiment_id is not None:
        emit(session, row.experiment_id, JobEvent(job=value))
    return value


def end_job(
    session: Session, row: JobRow, state: Literal["done", "failed", "cancelled"], error: ErrorBody | None
) -> None:
    """Put the job into a final state. If it failed or was cancelled, put the node that it was making into the same
    state.
    """
    row.state, row.finished_at, row.eta_s = state, now(), None
    row.error = error.model_dump(mode="json") if error else None
    if state == "done":
        row.progress, row.message = 1.0, ""
    publish_job(session, row)
    if row.kind == "embedding" and row.experiment_id is not None and row.node_id is not None:
        drop_embedding_frames(session, row.experiment_id, row.node_id)
    node = session.get(NodeRow, row.node_id) if row.node_id is not None else None
    if node is None or node.job_id != row.id or state == "done":
        return
    node.state, node.error = state, row.error
    if row.attempt > 0:  # a worker has started it and may have written files
        record_deletion(session, node.experiment_id, node.number, [row.worker])
    session.flush()
    drop_partial_scores(session, node.experiment_id, node.id)
    emit(session, node.experiment_id, NodeEvent(node=node_from_row(node)))


def new_job_row(job: NewJob) -> JobRow:
    """Returns a new row for a job, in the state `waiting`."""
    return JobRow(
        kind=job.inputs.kind,
        queue=job.queue,
        inputs=job.inputs.model_dump(mode="json"),
        message="waiting for a worker",
        experiment_id=job.experiment_id,
        node_id=job.node_id,
        plan_id=job.plan_id,
        created_at=now(),
    )


def _require_weights(session: Session, job: NewJob) -> None:
    """Raise Conflict if the experiment of the job, or of its node, has no weights."""
    node = session.get(NodeRow, job.node_id) if job.node_id is not None else None
    experiment_id = node.experiment_id if node is not None else job.experiment_id
    if experiment_id is not None and job.inputs.kind != "mac_count":
        require_weights(find_experiment(session, experiment_id))


class Jobs:
    """Stores jobs."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def add(self, job: NewJob) -> Job:
        """Add a job in the state `waiting`."""
        with self._sessions.write() as session:
            _require_weights(session, job)
            row = new_job_row(job)
            session.add(row)
            return publish_job(session, row)

    def get(self, job_id: int) -> Job:
        """Returns the job. Raises NotFound."""
        with self._sessions.read() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise NotFound(f"There is no job {job_id}; GET /api/jobs lists the existing jobs.")
            return job_from_row(row)

    def list(self, experiment_id: int | None = None, active: bool = False) -> List[Job]:
        """Returns at most 500 jobs, newest first; only waiting and running jobs if `active` is true."""
        query = select(JobRow).order_by(JobRow.id.desc()).limit(500)
        if experiment_id is not None:
            query = query.where(JobRow.experiment_id == experiment_id)
        if active:
            query = query.where(JobRow.state.in_(("waiting", "running")))
        with self._sessions.read() as session:
            return [job_from_row(row) for row in session.scalars(query)]

    def inputs(self, job_id: int, kind: type[Inputs]) -> Inputs:
        """Returns the inputs of a job; `kind` is the class of these inputs."""
        with self._sessions.read() as session:
            content = session.scalars(select(JobRow.inputs).where(JobRow.id == job_id)).one()
        return kind.model_validate(content)

    def claim(self, queue: Queue, worker: str) -> Job | None:
        """Lease the oldest waiting job of `queue` exclusively to `worker`; return None if no job is waiting."""
        oldest_job_query = (
            select(JobRow.id).where(JobRow.state == "waiting", JobRow.queue == queue).order_by(JobRow.id).limit(1)
        )
        with self._sessions.read() as session:
            if session.scalar(oldest_job_query) is None:
                return None
        with self._sessions.write() as session:
            leased_job_id = session.execute(
                update(JobRow)
                .where(JobRow.id == oldest_job_query.scalar_subquery(), JobRow.state == "waiting")
                .values(
                    state="running",
                    worker=worker,
                    attempt=JobRow.attempt + 1,
                    version=JobRow.version + 1,
                    attempts_without_progress=JobRow.attempts_without_progress + 1,
                    started_at=now(),
                )
                .returning(JobRow.id)
            ).scalar()
            return self._mark_job_started(session, leased_job_id) if leased_job_id is not None else None

    @staticmethod
    def _mark_job_started(session: Session, job_id: int) -> Job:
        row = session.get_one(JobRow, job_id, populate_existing=True)
        node = session.get(NodeRow, row.node_id) if row.node_id is not None else None
        if node is not None and node.job_id == row.id:
            node.state = "running"
            session.flush()
            emit(session, node.experiment_id, NodeEvent(node=node_from_row(node)))
        return publish_job(session, row)

    def report_progress(self, job_id: int, attempt: int, progress: float, message: str, eta_s: float | None) -> bool:
        """Store the progress. Returns False if the job is no longer leased to this attempt; the attempt should then
        stop.
        """
        with self._sessions.write() as session:
            row = find_leased_row(session, job_id, attempt)
            if row is None:
                return False
            row.progress, row.message, row.eta_s = min(max(progress, 0.0), 1.0), message, eta_s
            publish_job(session, row)
            return True

    def is_leased(self, job_id: int, attempt: int) -> bool:
        """Returns whether the job is still leased to this attempt."""
        with self._sessions.read() as session:
            return find_leased_row(session, job_id, attempt) is not None

    def finish(self, job_id: int, attempt: int, result: dict[str, Any]) -> bool:
        """Complete the job with `result`. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            row = find_leased_row(session, job_id, attempt)
            if row is None:
                return False
            row.result = result
            end_job(session, row, "done", None)
            return True

    def fail(self, job_id: int, attempt: int, error: ErrorBody) -> bool:
        """Mark the job as failed. Returns False if the job is no longer leased to this attempt."""
        with self._sessions.write() as session:
            row = find_leased_row(session, job_id, attempt)
            if row is None:
                return False
            end_job(session, row, "failed", error)
            return True

    def cancel(self, job_id: int) -> Job:
        """Cancel the job at once, even while it runs; a job that has ended stays as it is. Raises NotFound."""
        with self._sessions.write() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise NotFound(f"There is no job {job_id}; GET /api/jobs lists the existing jobs.")
            if row.state not in FINAL_JOB_STATES:
                end_job(session, row, "cancelled", None)
            return job_from_row(row)

    def remove(self, job_id: int) -> None:
        """Delete a job that a single request started and waited for.

        If it still runs, its results are no longer accepted.
        """
        with self._sessions.write() as session:
            session.execute(delete(JobRow).where(JobRow.id == job_id))

    def requeue_lost_jobs(self, is_alive: Callable[[str], bool]) -> List[int]:
        """Requeue the running jobs of dead workers. Jobs that have had too many attempts without progress are marked as
        failed instead.

        Returns the ids of the requeued and the failed jobs.
        """
        running_jobs_query = select(JobRow.id, JobRow.worker).where(JobRow.state == "running")
        with self._sessions.read() as session:
            dead_worker_by_job_id = {
                row.id: row.worker for row in session.execute(running_jobs_query) if not is_alive(row.worker or "")
            }
        if not dead_worker_by_job_id:
            return []
        with self._sessions.write() as session:
            rows = [session.get(JobRow, job_id) for job_id in dead_worker_by_job_id]
            lost_job_rows = [
                row
                for row in rows
                if row is not None and row.state == "running" and row.worker == dead_worker_by_job_id[row.id]
            ]
            for row in lost_job_rows:
                self._requeue_job(session, row)
            return [row.id for row in lost_job_rows]

    @staticmethod
    def _requeue_job(session: Session, row: JobRow) -> None:
        error = _make_lost_worker_error(row)
        if error is not None:
            end_job(session, row, "failed", error)
            return
        row.state, row.worker, row.eta_s = "waiting", None, None
        row.message = "the worker died; the job will resume after the last finished epoch"
        publish_job(session, row)
