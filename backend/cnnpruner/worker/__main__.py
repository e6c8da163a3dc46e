"""The worker process: runs the jobs of one queue, one after the other, until its server has ended."""

import argparse
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.jobs import Queue
from cnnpruner.errors import StoreMissing
from cnnpruner.planning.networks.catalogue import register_networks
from cnnpruner.runners.options import WorkerOptions, parse_options
from cnnpruner.runners.pipes import Pipes, die_with_parent

if TYPE_CHECKING:
    from cnnpruner.worker.loop import WorkerLoop

POLL_INTERVAL_S = 0.5
"""Interval at which the queue is checked even if the server does not wake the worker through the pipe."""
NICENESS = 5
"""Unix niceness of the training worker, so that the server and interactive jobs get the processor first."""


def main() -> None:
    """Start the worker and run jobs until the pipe from the server closes."""
    arguments = _parse_arguments()
    die_with_parent(arguments.parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the server shuts down its workers
    pipes = Pipes()
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {arguments.queue} %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # warns if there is no CUDA compiler
    # Convolution threads that spin while they wait starve each other on shared cores: an epoch of the demo took 28 s
    # instead of 2 s on two cores with eight busy processes. Must be set before torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    _run_jobs(parse_options(arguments.options), arguments.queue, pipes)


def _run_jobs(options: WorkerOptions, queue: Queue, pipes: Pipes) -> None:
    """Run jobs until this process ends. When the server ends, `Pipes` ends this process, even while it is still
    importing torch, which takes seconds.

    An error in the database itself, for example because the disk is full, ends the process with a traceback in the
    server's log. The server then requeues the job and starts another worker, after a longer pause each time.
    """
    from cnnpruner.store import open_store
    from cnnpruner.worker.loop import WorkerLoop

    register_networks(options.networks, options.models)
    register_datasets(options.datasets, options.models)
    store = open_store(options.database, options.models, migrate=False)
    store.restrict_to_database_file(options.database_file_id)
    while store.find_problem() is not None:  # this worker was started while database or model store were missing
        pipes.wait(POLL_INTERVAL_S)
    loop = WorkerLoop(store, options.data, pipes, options.criteria)
    pipes.send(ready=True, device=loop.device)
    if queue == "training":
        # The first optimizer imports this, which takes longer than the demo's first epochs: import it while idle.
        import torch._dynamo  # noqa: F401

        os.nice(NICENESS)
    while True:
        if store.find_problem() is not None or not _run_next_job(loop, queue):
            pipes.wait(POLL_INTERVAL_S)


def _run_next_job(loop: "WorkerLoop", queue: Queue) -> bool:
    """Call `loop.run_next` and return its result. If the database or model store is missing, exit the process, so that
    the server requeues the job.
    """
    try:
        return loop.run_next(queue)
    except StoreMissing as error:
        logging.getLogger(__name__).error("%s", error.message)
        sys.exit(1)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="started by the server, not by hand")
    parser.add_argument("--queue", required=True, choices=("training", "interactive"))
    parser.add_argument("--options", required=True, help="WorkerOptions as JSON")
    parser.add_argument("--parent", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
