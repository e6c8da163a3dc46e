"""The worker's side of the queue: claim a job, give its function what it needs, keep what it found."""

import logging
from pathlib import Path

from cnnpruner.config import max_bytes_in_memory
from cnnpruner.domain.jobs import Job, Queue
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.device import pick_device, use_exact_float32
from cnnpruner.engine.memory import release_memory, reuse_freed_memory
from cnnpruner.errors import JobCancelled, NotFound, StoreMissing
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.faults import describe
from cnnpruner.runners.liveness import own_name
from cnnpruner.store import Store
from cnnpruner.worker.context import Control, JobContext
from cnnpruner.worker.services import Services
from cnnpruner.worker.steps import find_steps

log = logging.getLogger(__name__)


class WorkerLoop:
    """One worker process: its store, what it keeps cache, and the server's word."""

    def __init__(self, store: Store, folders: tuple[Path, ...], control: Control, criteria: Path | None = None) -> None:
        self._store = store
        self._control = control
        self._name = own_name()
        self._steps = find_steps()
        use_exact_float32()
        reuse_freed_memory()
        self._services = Services(store, folders, WorkerCache(pick_device(), max_bytes_in_memory()), criteria)

    @property
    def device(self) -> str:
        """`cpu` or `cuda:0`."""
        return str(self._services.cache.device)

    def run_next(self, queue: Queue) -> bool:
        """Do the oldest waiting job of `queue`. False: there is none.

        What goes wrong in the job is kept with it. What is raised here is the database's own trouble: then this
        process should end, so that the server takes the job back. With a copy of the database no node is made.
        """
        if queue == "training" and not self._store.owns_files():
            return False
        job = self._store.jobs.claim(queue, self._name)
        if job is None:
            return False
        self._control.say(job=job.id)
        try:
            self._run(job)
        finally:
            self._control.say(job=None)
        release_memory()
        return True

    def _run(self, job: Job) -> None:
        log.info("job %d: %s, attempt %d", job.id, job.kind, job.attempt)
        node = self._node(job)
        # Only jobs that make a node write files.
        files = self._store.files
        folder = files.node_folder(node.experiment_id, node.number) if node is not None else files.folder
        context = JobContext(self._store, job, folder, self._control)
        try:
            self._steps[job.kind](self._services, job, context)
        except StoreMissing:
            raise  # the job goes on once the store is there again
        except JobCancelled:
            log.info("job %d stopped", job.id)
        except Exception as error:  # noqa: BLE001 `describe` logs what is not ours
            self._store.require_whole()  # else it failed because files were gone, and is not at fault
            self._store.jobs.fail(job.id, job.attempt, describe(error))
        self._store.tidy(self._name)

    def _node(self, job: Job) -> Node | None:
        try:
            return self._store.nodes.get(job.node_id) if job.node_id is not None else None
        except NotFound:
            return None
