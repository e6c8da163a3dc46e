"""The worker's loop: leases a job, runs its step, and stores the error if the step fails."""

import logging
from pathlib import Path

from cnnpruner.config import max_bytes_in_memory
from cnnpruner.domain.jobs import Job, Queue
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.device import disable_tf32, pick_device
from cnnpruner.engine.memory import release_memory, reuse_freed_memory
from cnnpruner.errors import JobCancelled, NotFound, StoreMissing
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.failures import describe_failure
from cnnpruner.runners.liveness import own_process_identity
from cnnpruner.store import Store
from cnnpruner.worker.context import JobContext, ServerPipe
from cnnpruner.worker.services import Services
from cnnpruner.worker.steps import find_job_steps

log = logging.getLogger(__name__)


class WorkerLoop:
    """Runs jobs in one worker process."""

    def __init__(self, store: Store, folders: tuple[Path, ...], pipe: ServerPipe, criteria: Path | None = None) -> None:
        self._store = store
        self._pipe = pipe
        self._name = own_process_identity()
        self._steps = find_job_steps()
        disable_tf32()
        reuse_freed_memory()
        self._services = Services(store, folders, WorkerCache(pick_device(), max_bytes_in_memory()), criteria)

    @property
    def device(self) -> str:
        """Returns the device on which jobs run: `cpu` or `cuda:0`."""
        return str(self._services.cache.device)

    def run_next(self, queue: Queue) -> bool:
        """Run the oldest waiting job of `queue`. Returns False if there is none.

        If the job fails, its error is stored with the job. If this method raises an exception, the database or model
        store itself has a problem; the caller should then exit, so that the server requeues the job. Training jobs do
        not run if the database is a copy that does not own the model store.
        """
        if queue == "training" and not self._store.owns_files():
            return False
        job = self._store.jobs.claim(queue, self._name)
        if job is None:
            return False
        self._pipe.send(job=job.id)
        try:
            self._run(job)
        finally:
            self._pipe.send(job=None)
        release_memory()
        return True

    def _run(self, job: Job) -> None:
        log.info("job %d: %s, attempt %d", job.id, job.kind, job.attempt)
        node = self._find_node_of_job(job)
        # Only jobs of a node write files.
        files = self._store.files
        folder = files.node_folder(node.experiment_id, node.number) if node is not None else files.folder
        context = JobContext(self._store, job, folder, self._pipe)
        try:
            self._steps[job.kind](self._services, job, context)
        except StoreMissing:
            raise  # the job continues once the store is back
        except JobCancelled:
            log.info("job %d stopped", job.id)
        except Exception as error:  # noqa: BLE001 `describe_failure` logs unexpected ones
            self._store.require_writable()  # a job that fails because files are missing is requeued instead
            self._store.jobs.fail(job.id, job.attempt, describe_failure(error))
        self._store.clean_up_worker_files(self._name)

    def _find_node_of_job(self, job: Job) -> Node | None:
        try:
            return self._store.nodes.get(job.node_id) if job.node_id is not None else None
        except NotFound:
            return None
