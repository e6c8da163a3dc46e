"""Queues jobs, waits for them, and cancels them."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from cnnpruner.domain.jobs import Job, JobInputs, NewJob
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, Conflict, JobTimeout, NotFound, Unavailable, make_error
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)
R = TypeVar("R")

POLL_INTERVAL_S = 0.03
CONNECTION_CHECK_INTERVAL_S = 0.3
"""While a request waits, the time between two checks of whether its client is still connected."""


def list_visible_jobs(workspace: Workspace, experiment_id: int | None, active: bool) -> list[Job]:
    """Returns the jobs of one tree or of all trees, newest first; only waiting and running jobs if `active` is true.
    The holder of a link only gets the jobs of the link's tree.
    """
    visible_experiment_id = workspace.visitor.experiment_id
    if visible_experiment_id is not None and experiment_id not in (None, visible_experiment_id):
        raise NotFound(f"This link does not give access to experiment {experiment_id}.")
    return workspace.store.jobs.list(experiment_id if visible_experiment_id is None else visible_experiment_id, active)


def queue(workspace: Workspace, job: NewJob) -> Job:
    """Adds a job and wakes its worker."""
    added_job = workspace.store.jobs.add(job)
    workspace.runner.wake(added_job.queue)
    return added_job


def find_or_queue_job(workspace: Workspace, node: Node, inputs: JobInputs) -> Job:
    """Returns the node's waiting or running job of the same kind as `inputs`; if there is none, adds a job with these
    inputs. Simultaneous calls add only one job.
    """
    with workspace.store.transaction():
        active_jobs = workspace.store.jobs.list(node.experiment_id, active=True)
        active_job = next((job for job in active_jobs if job.kind == inputs.kind and job.node_id == node.id), None)
        job = active_job or workspace.store.jobs.add(NewJob(inputs, node.experiment_id, node.id))
    workspace.runner.wake(job.queue)
    return job


def wait(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    """Waits until a short job has ended, and returns the job. Raises the job's error if it failed.

    After `timeout_s` seconds, cancels the job and raises TookTooLong, or Unavailable if the job has not started.
    """
    job = wait_for_job(workspace, job_id, timeout_s)
    if job.state in ("waiting", "running"):
        cancel(workspace, job)
        if job.state == "running":
            message = (
                f"The computation took longer than {timeout_s:.0f} s and was stopped; try again when the server is "
                "less busy."
            )
            raise JobTimeout(message)
        message = f"The server was busy with other jobs for {timeout_s:.0f} s; try again when fewer jobs are running."
        raise Unavailable(message)
    return require_successful_job(job)


def wait_for_job(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    """Waits at most `timeout_s` seconds for the job to end, and returns the job in its current state.

    Raises Unavailable if too many requests are waiting already, or once the client has disconnected.
    """
    if not workspace.waiting_slots.acquire(blocking=False):
        raise Unavailable("Too many requests are waiting for jobs; try again in a few seconds.")
    try:
        return _poll_until_finished(workspace, job_id, timeout_s)
    finally:
        workspace.waiting_slots.release()


def _poll_until_finished(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    now = time.monotonic()
    deadline_s, next_check_time_s = now + timeout_s, now + CONNECTION_CHECK_INTERVAL_S
    while (job := workspace.store.jobs.get(job_id)).state in ("waiting", "running") and now < deadline_s:
        if now >= next_check_time_s:
            next_check_time_s = now + CONNECTION_CHECK_INTERVAL_S
            if not workspace.is_client_connected():
                raise Unavailable("The client has disconnected.")
        time.sleep(POLL_INTERVAL_S)
        now = time.monotonic()
    return job


def require_successful_job(job: Job) -> Job:
    """Returns the ended `job` if it succeeded. Raises the job's error if it failed, Unavailable if it was cancelled."""
    if job.state == "cancelled":
        raise Unavailable("The computation was cancelled; try again.")
    if job.error is not None:
        raise make_error(**dict(job.error))
    return job


def wait_for_node(workspace: Workspace, node: Node, job_id: int, timeout_s: float) -> Job:
    """Like `wait`, but for a job of `node`. Raises NotFound if the node was deleted in the meantime."""
    try:
        return wait(workspace, job_id, timeout_s)
    except CNNPrunerError as error:
        try:
            workspace.store.nodes.get(node.id)
        except NotFound:
            message = f"Node {node.number} was deleted while the result was being computed."
            raise NotFound(message, node_id=node.id) from error
        raise


def get_job_result(job: Job, name: str, load: Callable[[int], R | None]) -> R:
    """Returns the result of `job`. `name`: how error messages refer to the job. `load`: function that reads the result
    of the job with a given id.

    Raises Conflict if the job has not ended or has no result, and the job's error if it failed.
    """
    if job.state in ("waiting", "running"):
        raise Conflict(f"{name} is not finished yet ({job.progress:.0%}); try again later.")
    if job.error is not None:
        raise make_error(**dict(job.error))
    result = load(job.id)
    if result is None:
        raise Conflict(f"{name} was {job.state} and has no result; start another one.")
    return result


def cancel(workspace: Workspace, job: Job) -> Job:
    """Cancels the job. If it is running, its worker ends it at the next cancellation check, and its results are no
    longer accepted.
    """
    finished_job = workspace.store.jobs.cancel(job.id)
    if job.state == "running":
        workspace.runner.cancel(job.queue, job.id)
    else:
        workspace.store.remove_deleted_files(
            is_alive
        )  # files of an earlier attempt; the worker of a running one removes its own
    return finished_job


def requeue_lost_jobs(workspace: Workspace) -> None:
    """Requeues the jobs of dead workers."""
    lost_job_ids = workspace.store.jobs.requeue_lost_jobs(is_alive)
    for job_id in lost_job_ids:
        job = workspace.store.jobs.get(job_id)
        log.warning("Job %s lost its worker and is now %s", job_id, job.state)
        if job.state == "waiting":
            workspace.runner.wake(job.queue)
