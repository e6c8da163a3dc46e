"""Opens a workspace, keeps its jobs running, and closes it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from cnnpruner.config import Config
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.jobs import Queue
from cnnpruner.errors import CNNPrunerError, StoreMissing
from cnnpruner.planning.networks.catalogue import register_networks
from cnnpruner.runners.liveness import is_alive
from cnnpruner.runners.local import LocalRunner
from cnnpruner.runners.options import WorkerOptions, worker_command
from cnnpruner.service import jobs
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import suggestions
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.service.tree import autopilots, experiments
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import COPY_NOTICE, RESTORED_NOTICE, Store, open_store

log = logging.getLogger(__name__)

WATCH_INTERVAL_S = 0.5
"""Time between two checks for Autopilots to advance and for jobs of dead workers to requeue."""


def build_workspace(config: Config) -> Workspace:
    """Opens the store and creates a runner without starting it."""
    register_networks(config.networks, config.models)
    register_datasets(config.datasets, config.models)
    store = open_store(config.database, config.models, start_new_store=config.start_new_store)
    options = WorkerOptions(
        database=config.database,
        models=config.models,
        data=config.data,
        criteria=config.criteria,
        networks=config.networks,
        datasets=config.datasets,
        database_file_id=store.database_file_id or "",
    )
    workspace: Workspace

    def on_exit(queue: Queue, cancelled_job_id: int | None) -> None:
        reason = "by itself" if cancelled_job_id is None else f"killed to stop job {cancelled_job_id}"
        log.debug("The worker of queue %s has exited (%s)", queue, reason)
        with suppress(StoreMissing):  # the watch thread does it once the database is back
            jobs.requeue_lost_jobs(workspace)

    runner = LocalRunner(lambda queue: worker_command(options, queue), on_exit)
    workspace = Workspace(config, store, runner, Broadcast(store), Plugins(config.criteria))
    return workspace


@contextmanager
def run_jobs(workspace: Workspace) -> Iterator[None]:
    """Context manager: while it is open, workers run, and the jobs of dead workers are requeued."""
    clean_up(workspace.store)
    jobs.requeue_lost_jobs(workspace)
    workspace.runner.start()
    experiments.queue_mac_count_jobs(workspace)
    threading.Thread(target=workspace.plugins.user_defined_criteria, name="criteria", daemon=True).start()
    stop_event = threading.Event()
    watch_thread = threading.Thread(
        target=_watch_store_and_jobs, args=(workspace, stop_event), name="watch", daemon=True
    )
    watch_thread.start()
    try:
        yield
    finally:
        stop_event.set()
        workspace.runner.stop()
        watch_thread.join()
        with suppress(StoreMissing):
            jobs.requeue_lost_jobs(workspace)
        workspace.store.close()


def _watch_store_and_jobs(workspace: Workspace, stop_event: threading.Event) -> None:
    problem: str | None = None
    while not stop_event.wait(WATCH_INTERVAL_S):
        previous_problem, problem = problem, workspace.store.find_problem()
        if problem is not None:
            if previous_problem is None:
                log.error("%s", problem)
            continue
        if previous_problem is not None:
            log.warning("Database and model store are available again; the server continues")
        try:
            jobs.requeue_lost_jobs(workspace)
            if workspace.store.owns_files():
                autopilots.advance_autopilots(workspace)
                suggestions.apply_suggested_plans(workspace)
        except StoreMissing:
            continue  # it disappeared just now
        except Exception:
            log.exception("Requeueing lost jobs, advancing Autopilots or applying suggested plans failed")


def clean_up(store: Store) -> None:
    """Deletes files that the database recorded as deleted, and logs folders that the database does not refer to."""
    if store.ownership != "owner":
        log.warning("%s", {"copy": COPY_NOTICE, "restored": RESTORED_NOTICE}[store.ownership])
        return
    for path in store.remove_deleted_files(is_alive):
        log.info("Removed leftover folder: %s", path)
    if store.orphaned_folders:
        first = ", ".join(store.orphaned_folders[:3])
        message = "%d folders in %s are not referenced by the database and were left in place: %s"
        log.warning(message, len(store.orphaned_folders), store.files.folder, first)


def make_demo_experiment(workspace: Workspace) -> None:
    """Creates the demo experiment if the configuration asks for it and there is no experiment yet. If this fails, the
    error is logged and the server continues.
    """
    if not workspace.config.demo:
        return
    try:
        experiments.ensure_demo_experiment(workspace)
    except CNNPrunerError as error:
        log.error("The demo could not be created: %s", error.message)
