"""Opens a workspace, keeps its jobs going, closes it."""

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
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.service.tree import autopilots, experiments
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import COPY_NOTICE, RESTORED_NOTICE, Store, open_store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""How often autopilots are taken a step further, and jobs of workers that another server left behind are looked for."""


def build_workspace(config: Config) -> Workspace:
    """The store and a runner that is not started yet."""
    register_networks(config.networks, config.models)
    register_datasets(config.datasets, config.models)
    store = open_store(config.database, config.models, new_store=config.new_store)
    options = WorkerOptions(
        database=config.database,
        models=config.models,
        data=config.data,
        criteria=config.criteria,
        networks=config.networks,
        datasets=config.datasets,
        database_file=store.database_file or "",
    )
    workspace: Workspace

    def on_exit(queue: Queue, killed_for: int | None) -> None:
        log.debug("worker of queue %s is gone (killed for job %s)", queue, killed_for)
        with suppress(StoreMissing):  # then the watch does it once the database is there again
            jobs.take_back(workspace)

    runner = LocalRunner(lambda queue: worker_command(options, queue), on_exit)
    workspace = Workspace(config, store, runner, Broadcast(store), Plugins(config.criteria))
    return workspace


@contextmanager
def running(workspace: Workspace) -> Iterator[None]:
    """Workers run and lost jobs are taken back while inside."""
    sweep(workspace.store)
    jobs.take_back(workspace)
    workspace.runner.start()
    threading.Thread(target=workspace.plugins.infos, name="criteria", daemon=True).start()
    stop = threading.Event()
    watch = threading.Thread(target=_watch, args=(workspace, stop), name="watch", daemon=True)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        workspace.runner.stop()
        watch.join()
        with suppress(StoreMissing):
            jobs.take_back(workspace)
        workspace.store.close()


def _watch(workspace: Workspace, stop: threading.Event) -> None:
    fault: str | None = None
    while not stop.wait(LOOK_EVERY_S):
        before, fault = fault, workspace.store.fault()
        if fault is not None:
            if before is None:
                log.error("%s", fault)
            continue
        if before is not None:
            log.warning("database and model store are there again; the server goes on")
        try:
            jobs.take_back(workspace)
            if workspace.store.owns_files():
                autopilots.advance(workspace)
        except StoreMissing:
            continue  # it went just now
        except Exception:
            log.exception("lost jobs and autopilots could not be looked for")


def sweep(store: Store) -> None:
    """Remove files that this database recorded as deleted, and say which ones it does not know."""
    if store.ownership != "owner":
        log.warning("%s", {"copy": COPY_NOTICE, "restored": RESTORED_NOTICE}[store.ownership])
        return
    for place in store.sweep(is_alive):
        log.info("removed files of what was deleted: %s", place)
    if store.unclaimed:
        first = ", ".join(store.unclaimed[:3])
        sentence = "%d folders in %s are of nothing in the database and stay there: %s"
        log.warning(sentence, len(store.unclaimed), store.files.folder, first)


def make_demo(workspace: Workspace) -> None:
    """Make the demo on a new database where it is asked for; a failure is logged, the server goes on."""
    if not workspace.config.demo:
        return
    try:
        experiments.ensure_demo(workspace)
    except CNNPrunerError as error:
        log.error("the demo could not be made: %s", error.message)
