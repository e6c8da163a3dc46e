"""Opens a workspace, keeps its jobs going, closes it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cnnpruner.config import Config
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.jobs import Lane
from cnnpruner.errors import CNNPrunerError
from cnnpruner.planning.networks.catalogue import register_networks
from cnnpruner.runners.local import LocalRunner, WorkerOptions, worker_command
from cnnpruner.service import jobs
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans.plugins import Plugins
from cnnpruner.service.tree import experiments, walks
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store, open_store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""How often walks are taken a step further, and jobs of workers that another server left behind are looked for."""


def build_workspace(config: Config) -> Workspace:
    """The store and a runner that is not started yet."""
    register_networks(config.networks, config.models)
    register_datasets(config.datasets, config.models)
    store = open_store(config.database, config.models)
    options = WorkerOptions(
        config.database, config.models, config.data, config.criteria, config.networks, config.datasets
    )
    workspace: Workspace

    def on_exit(lane: Lane, killed_for: int | None) -> None:
        log.debug("worker of lane %s is gone (killed for job %s)", lane, killed_for)
        jobs.take_back(workspace)

    runner = LocalRunner(lambda lane: worker_command(options, lane), on_exit)
    workspace = Workspace(config, store, runner, Broadcast(store), Plugins(config.criteria))
    return workspace


@contextmanager
def running(work: Workspace) -> Iterator[None]:
    """Workers run and lost jobs are taken back while inside."""
    sweep(work.store)
    jobs.take_back(work)
    work.runner.start()
    threading.Thread(target=work.plugins.infos, name="criteria", daemon=True).start()
    stop = threading.Event()
    watch = threading.Thread(target=_watch, args=(work, stop), name="watch", daemon=True)
    watch.start()
    try:
        yield
    finally:
        stop.set()
        work.runner.stop()
        watch.join()
        jobs.take_back(work)
        work.store.close()


def _watch(work: Workspace, stop: threading.Event) -> None:
    while not stop.wait(LOOK_EVERY_S):
        try:
            jobs.take_back(work)
            walks.advance(work)
        except Exception:
            log.exception("lost jobs and walks could not be looked for")


def sweep(store: Store) -> None:
    """Remove files that no row knows, and working files of nodes that will never be ready."""
    there = store.files.node_folders()
    living = [
        (node.experiment_id, node.number)
        for experiment in store.experiments.list()
        for node in store.nodes.list(experiment.id)
        if node.state in ("waiting", "running", "ready")
    ]
    for path in store.files.sweep(there, living):
        log.info("removed files that no node needs: %s", path)


def make_demo(work: Workspace) -> None:
    """Make the demo on a new database; a failure is logged, the server goes on."""
    try:
        experiments.ensure_demo(work)
    except CNNPrunerError as error:
        log.error("the demo could not be made: %s", error.message)
