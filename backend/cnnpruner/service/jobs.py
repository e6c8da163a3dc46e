"""Queueing, waiting for and ending jobs."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from cnnpruner.domain.jobs import Job, JobInputs, NewJob
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, Conflict, NotFound, TookTooLong, Unavailable, error_from
from cnnpruner.runners.liveness import is_alive
from cnnpruner.service.workspace import Workspace

log = logging.getLogger(__name__)
R = TypeVar("R")

LOOK_EVERY_S = 0.03
ASK_EVERY_S = 0.3
"""How soon a request that nobody waits for any more makes room for others."""


def seen(workspace: Workspace, experiment_id: int | None, active: bool) -> list[Job]:
    """Jobs of one tree or of all, the newest first; the holder of a link sees those of its tree alone."""
    own = workspace.visitor.experiment_id
    if own is not None and experiment_id not in (None, own):
        raise NotFound(f"There is no experiment {experiment_id} in the tree that this link opens.")
    return workspace.store.jobs.list(experiment_id if own is None else own, active)


def queue(workspace: Workspace, job: NewJob) -> Job:
    """Add a job and wake its worker."""
    added = workspace.store.jobs.add(job)
    workspace.runner.wake(added.queue)
    return added


def queue_once(workspace: Workspace, node: Node, inputs: JobInputs) -> Job:
    """The job of that kind about that node if one is under way, else a new one; asked twice at once, there is one."""
    with workspace.store.transaction():
        active = workspace.store.jobs.list(node.experiment_id, active=True)
        running = next((job for job in active if job.kind == inputs.kind and job.node_id == node.id), None)
        job = running or workspace.store.jobs.add(NewJob(inputs, node.experiment_id, node.id))
    workspace.runner.wake(job.queue)
    return job


def wait(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    """Wait until a short job has ended; one that takes longer is cancelled, and its error is raised as ours."""
    job = look(workspace, job_id, timeout_s)
    if job.state in ("waiting", "running"):
        cancel(workspace, job)
        if job.state == "running":
            raise TookTooLong(f"This took longer than {timeout_s:.0f} s and was stopped; try again when less runs.")
        raise Unavailable(f"Other work kept this waiting for {timeout_s:.0f} s; try again when less runs here.")
    return require_done(job)


def look(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    """The job when it has ended or after `timeout_s`.

    Raises Unavailable where too many requests wait already, and once the one who asked has hung up.
    """
    if not workspace.waiting.acquire(blocking=False):
        raise Unavailable("Many answers are being computed already; ask for this one again in a few seconds.")
    try:
        return _look(workspace, job_id, timeout_s)
    finally:
        workspace.waiting.release()


def _look(workspace: Workspace, job_id: int, timeout_s: float) -> Job:
    now = time.monotonic()
    end, ask_at = now + timeout_s, now + ASK_EVERY_S
    while (job := workspace.store.jobs.get(job_id)).state in ("waiting", "running") and now < end:
        if now >= ask_at:
            ask_at = now + ASK_EVERY_S
            if not workspace.is_awaited():
                raise Unavailable("Nobody waits for this answer any more.")
        time.sleep(LOOK_EVERY_S)
        now = time.monotonic()
    return job


def require_done(job: Job) -> Job:
    """An ended job that was not cancelled; what it failed with is raised as ours."""
    if job.state == "cancelled":
        raise Unavailable("What was to be computed for this was cancelled; try again.")
    if job.error is not None:
        raise error_from(**dict(job.error))
    return job


def wait_for(workspace: Workspace, node: Node, job_id: int, timeout_s: float) -> Job:
    """`wait` for a job about `node`. Raises NotFound where that was deleted meanwhile, whatever came of the job."""
    try:
        return wait(workspace, job_id, timeout_s)
    except CNNPrunerError as error:
        try:
            workspace.store.nodes.get(node.id)
        except NotFound:
            message = f"Node {node.number} is gone: it was deleted while this was computed."
            raise NotFound(message, node_id=node.id) from error
        raise


def found_by(job: Job, name: str, get: Callable[[int], R | None]) -> R:
    """What `job`, called `name` on the screen, has found: what `get` gives for its id.

    Raises Conflict while it runs and where it ended without finding anything, and what it failed with.
    """
    if job.state in ("waiting", "running"):
        raise Conflict(f"{name} is not done yet ({job.progress:.0%}); ask again when its job is.")
    if job.error is not None:
        raise error_from(**dict(job.error))
    found = get(job.id)
    if found is None:
        raise Conflict(f"{name} was {job.state} and found nothing; start another.")
    return found


def cancel(workspace: Workspace, job: Job) -> Job:
    """End it at once; the worker stops at its next step, its writes are refused from now on."""
    ended = workspace.store.jobs.cancel(job.id)
    if job.state == "running":
        workspace.runner.cancel(job.queue, job.id)
    else:
        workspace.store.sweep(is_alive)  # what an earlier attempt left; a running one's worker does it itself
    return ended


def take_back(workspace: Workspace) -> None:
    """Put jobs of dead workers back into the queue."""
    lost = workspace.store.jobs.requeue_lost(is_alive)
    for job_id in lost:
        job = workspace.store.jobs.get(job_id)
        log.warning("job %s lost its worker: now %s", job_id, job.state)
        if job.state == "waiting":
            workspace.runner.wake(job.queue)
