"""Fetching one file with progress, whole or not at all."""

import urllib.request
from collections.abc import Sequence
from pathlib import Path

from cnnpruner.atomic import atomic_replacement
from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData

CHUNK_BYTES = 2**18
TIMEOUT_S = 30


def fetch(urls: Sequence[str], target: Path, progress: Progress | None) -> None:
    """Fetch the first of `urls` that answers to `target`. Raises UnusableData where none does."""
    if target.exists():
        return
    failures = []
    for url in urls:
        try:
            _fetch(url, target, progress)
        except OSError as error:  # URLError, timeouts and a full disk are all OSError
            failures.append(str(error))
        else:
            return
    raise UnusableData(
        f"{target.name} could not be downloaded ({'; '.join(failures)}). Check the network, or fetch "
        f"{urls[0]} by hand and put it into the data folder."
    )


def _fetch(url: str, target: Path, progress: Progress | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer,
        atomic_replacement(target) as temporary,
        temporary.open("wb") as file,
    ):
        size, done = int(answer.headers.get("Content-Length") or 0), 0
        while chunk := answer.read(CHUNK_BYTES):
            file.write(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done / size if size else 0.0, f"Downloading {target.name}")
