"""Where a download goes."""

import os
from pathlib import Path

from cnnpruner.errors import StorageFailed


def target_of(path: str | Path | None, name: str) -> Path:
    """The file `path`, or the file `name` in the folder `path` (here unless given).

    A path with a separator at its end is a folder that is made where it is not there. Raises StorageFailed where it
    cannot be.
    """
    target = Path(path or ".")
    if str(path or "").endswith((os.sep, "/")):
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageFailed(f"Folder {target} could not be made ({reason}); choose another place.") from error
    return target / name if target.is_dir() else target
