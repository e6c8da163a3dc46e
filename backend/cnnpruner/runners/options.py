"""What the worker processes of a server are started with: one value on both sides of their command line."""

import json
import sys
from pathlib import Path

from cnnpruner.domain.base import Value
from cnnpruner.domain.jobs import Queue


class WorkerOptions(Value):
    """The same for all queues."""

    database: str
    """SQLAlchemy URL."""
    models: Path
    data: tuple[Path, ...]
    criteria: Path | None
    """Folder of the user's own criteria."""
    networks: tuple[str, ...]
    """NAME=FACTORY of each network that the server's starter named."""
    datasets: tuple[str, ...]
    """The same for data sets."""
    database_file: str
    """The SQLite file that the server has open, as `Store.database_file` names it: no other one will do."""


def worker_command(options: WorkerOptions, queue: Queue) -> list[str]:
    """The command line of the worker of `queue`."""
    text = json.dumps(options.model_dump(), default=str)  # in ASCII: folders may have names that are not UTF-8
    return [sys.executable, "-m", "cnnpruner.worker.__main__", "--queue", queue, "--options", text]


def read_options(text: str) -> WorkerOptions:
    """What `worker_command` wrote after `--options`."""
    return WorkerOptions.model_validate(json.loads(text))
