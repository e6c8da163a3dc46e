"""The options that a server passes to its workers on their command line."""

import os
from pathlib import Path

from cnnpruner.runners.options import WorkerOptions, parse_options, worker_command


def test_a_worker_reads_the_options_that_its_server_wrote() -> None:
    folder = Path(os.fsdecode(b"/data/caf\xe9"))
    options = WorkerOptions(
        database="sqlite:////a b.db",
        models=folder / "models",
        data=(folder, Path("/with:colon")),
        criteria=None,
        networks=("mine=folder/file.py:net(width=32, kind='a')",),
        datasets=(),
        database_file_id="/a b.db 3",
    )
    command = worker_command(options, "training")
    assert command[-4:-1] == ["--queue", "training", "--options"]
    assert parse_options(os.fsdecode(os.fsencode(command[-1]))) == options
