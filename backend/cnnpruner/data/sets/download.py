"""Download one file atomically, with progress."""

import urllib.request
from collections.abc import Sequence
from pathlib import Path

from cnnpruner.atomic import atomic_replacement
from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData

CHUNK_BYTES = 2**18
TIMEOUT_S = 30


def download_if_missing(urls: Sequence[str], target: Path, progress: Progress | None) -> None:
    """Download the file `target`, unless it exists, from the first of `urls` that responds. Raises UnusableData if none
    responds.
    """
    if target.exists():
        return
    failures = []
    for url in urls:
        try:
            _fetch_url(url, target, progress)
        except OSError as error:  # URLError, timeouts and a full disk are all OSError
            failures.append(str(error))
        else:
            return
    raise UnusableData(
        f"{target.name} could not be downloaded ({'; '.join(failures)}). Check the network connection, or download "
        f"{urls[0]} yourself and put it into the data folder."
    )


def _fetch_url(url: str, target: Path, progress: Progress | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        urllib.request.urlopen(url, timeout=TIMEOUT_S) as response,
        atomic_replacement(target) as temporary_path,
        temporary_path.open("wb") as file,
    ):
        size_bytes, downloaded_bytes = int(response.headers.get("Content-Length") or 0), 0
        while chunk := response.read(CHUNK_BYTES):
            file.write(chunk)
            downloaded_bytes += len(chunk)
            if progress is not None:
                progress(downloaded_bytes / size_bytes if size_bytes else 0.0, f"Downloading {target.name}")
