"""Options of a server's worker processes, and how they are passed on the command line."""

import json
import sys
from pathlib import Path

from cnnpruner.domain.base import Value
from cnnpruner.domain.jobs import Queue


class WorkerOptions(Value):
    """Options of a worker, the same for all queues."""

    database: str
    """SQLAlchemy URL of the database."""
    models: Path
    data: tuple[Path, ...]
    criteria: Path | None
    """Folder of the user's own criteria."""
    networks: tuple[str, ...]
    """NAME=FACTORY of each network that was registered when the server started."""
    datasets: tuple[str, ...]
    """NAME=FACTORY of each data set that was registered when the server started."""
    database_file_id: str
    """Identifies the SQLite file that the server has open (`Store.database_file_id`); workers must not open any other
    database file.
    """


def worker_command(options: WorkerOptions, queue: Queue) -> list[str]:
    """Returns the command line that starts the worker of `queue`."""
    text = json.dumps(options.model_dump(), default=str)  # in ASCII: folders may have names that are not UTF-8
    return [sys.executable, "-m", "cnnpruner.worker.__main__", "--queue", queue, "--options", text]


def parse_options(text: str) -> WorkerOptions:
    """Parses the options that `worker_command` wrote after `--options`."""
    return WorkerOptions.model_validate(json.loads(text))
