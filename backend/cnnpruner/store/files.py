"""Where weights and pictures lie in the model store."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cnnpruner.errors import StorageFailed
from cnnpruner.store.identity.mark import FORMER_MARK, MARK, read_mark, unusable

EXPERIMENTS = "experiment-*"
INCOMING = "incoming-"
ABANDONED_S = 3600.0
"""What came in and did not get any further for that long belongs to a server that died."""


class Files:
    """The folder `models/`, by experiment and node number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity: str | None = None
        """Of the store, once it was opened."""
        self._seen: tuple[int, int] | None = None

    def fault(self) -> str | None:
        """Why nothing may be written here now, as a sentence with the cure; None: it is the store that was opened."""
        stamp = _stamp(self.folder / MARK)
        if stamp is not None and stamp == self._seen:
            return None  # asked at every step of a training: one look at the folder, without reading
        try:
            mark = read_mark(self.folder)
        except StorageFailed as error:
            return error.message
        if mark is not None and self.identity in (None, mark.identity):
            self._seen = stamp
            return None
        what = "is not there any more" if mark is None else "is another one now"
        return (
            f"The model store {self.folder} {what} (moved, deleted, or its disk is gone), so nothing is written. Give "
            "it back, and the server goes on by itself."
        )

    def experiment_folder(self, experiment_id: int) -> Path:
        """Folder of all files of an experiment."""
        return self.folder / f"experiment-{experiment_id}"

    def node_folder(self, experiment_id: int, number: int) -> Path:
        """Folder of a node: its weights and, while a job runs, its checkpoints."""
        return self.experiment_folder(experiment_id) / f"node-{number}"

    def weights(self, experiment_id: int, number: int) -> Path:
        """The node's safetensors file."""
        return self.node_folder(experiment_id, number) / "weights.safetensors"

    def pictures(self, experiment_id: int) -> Path:
        """Selection pictures, uint8 [N, H, W, C], as .npy."""
        return self.experiment_folder(experiment_id) / "selection-pictures.npy"

    def filter_pictures(self, experiment_id: int, number: int) -> Path:
        """Folder of the node's filter pictures, which can be made anew at any time."""
        return self.node_folder(experiment_id, number) / "filters"

    def export(self, experiment_id: int, number: int, kind: str) -> Path:
        """The node's archive of this format."""
        return self.node_folder(experiment_id, number) / "exports" / f"{kind}.zip"

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for what comes in from elsewhere, on the disk of the store; what is not adopted goes at the end.

        Its name has the store's identity, so that no other one ever removes it.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix=self._incoming(), dir=self.folder))
        except OSError as error:
            raise StorageFailed(f"The model store cannot be written ({error.strerror}); free some space.") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, folder: Path, experiment_id: int) -> None:
        """Make `folder` that of a new experiment; what lies there was left by another database and goes aside."""
        try:
            self.make_room(experiment_id)
            folder.replace(self.experiment_folder(experiment_id))
        except OSError as error:
            raise StorageFailed(f"The model store cannot be written ({error.strerror}); free some space.") from error

    def make_room(self, experiment_id: int) -> None:
        """Move aside what lies where a new experiment will have its files: this database knows nothing of it."""
        folder = self.experiment_folder(experiment_id)
        if folder.exists():
            aside = self.folder / self.aside().name
            aside.mkdir(exist_ok=True)
            folder.rename(aside / folder.name)

    def node_bytes(self, experiment_id: int, number: int) -> int:
        """Size of all files of a node."""
        return sum(path.stat().st_size for path in self.node_folder(experiment_id, number).rglob("*") if path.is_file())

    def remove(self, experiment_id: int, number: int | None) -> bool:
        """Remove all files of a node, or of an experiment, that was recorded as deleted; whether all are gone."""
        folder = self.experiment_folder(experiment_id)
        if number is not None:
            folder = self.node_folder(experiment_id, number)
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    def experiment_folders(self) -> list[Path]:
        """Folders of all experiments that have one."""
        return [path for path in self.folder.glob(EXPERIMENTS) if _number(path) is not None]

    def used_numbers(self) -> dict[int, int]:
        """Experiment id → highest number of a node, of all that have a folder; -1: it has none."""
        return {
            _number(folder) or 0: max((_number(node) or 0 for node in folder.glob("node-*")), default=-1)
            for folder in self.experiment_folders()
        }

    def node_folders(self) -> list[tuple[int, int]]:
        """(experiment id, number) of all nodes that have a folder."""
        nodes = (path for folder in self.experiment_folders() for path in folder.glob("node-*"))
        numbers = ((_number(path.parent), _number(path)) for path in nodes)
        return sorted((one, two) for one, two in numbers if one is not None and two is not None)

    def sweep_incoming(self) -> list[Path]:
        """Remove what came in for this store and was abandoned; returns what went."""
        abandoned = [path for path in self.folder.glob(f"{self._incoming()}*") if _age_s(path) > ABANDONED_S]
        for path in abandoned:
            shutil.rmtree(path, ignore_errors=True)
        return abandoned

    def _incoming(self) -> str:
        assert self.identity is not None, "a store is opened before anything comes in"
        return f"{INCOMING}{self.identity[:12]}-"

    def aside(self) -> Path:
        """Where `move_all_aside` would move things now: beside the folder."""
        return self.folder.with_name(f"{self.folder.name}.aside-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")

    def move_all_aside(self) -> Path | None:
        """Move all that belongs to a store out of the folder, into one beside it, or inside where that is another disk.

        Returns the folder that it is in now; None: there was nothing. Raises StorageFailed.
        """
        mine = [*self.experiment_folders(), *self.folder.glob(f"{INCOMING}*")]
        mine += [path for path in (self.folder / FORMER_MARK, self.folder / MARK) if path.exists()]
        if not mine:
            return None
        beside = self.aside()
        try:
            return _move(mine, beside)
        except OSError:  # a mount point: what is on its disk stays there
            try:
                return _move([path for path in mine if path.exists()], self.folder / beside.name)
            except OSError as error:
                raise unusable(self.folder, error) from error


def _stamp(path: Path) -> tuple[int, int] | None:
    """What a file that was replaced or written has anew; None where there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 as in `database_file`
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _move(paths: list[Path], target: Path) -> Path:
    target.mkdir(exist_ok=True)
    try:
        for path in paths:
            path.rename(target / path.name)
    except OSError:
        if not any(target.iterdir()):
            target.rmdir()
        raise
    return target


def _number(folder: Path) -> int | None:
    """That of `experiment-3` or `node-3`."""
    match = re.fullmatch(r"(?:experiment|node)-(\d{1,15})", folder.name)
    return int(match[1]) if match is not None else None


def _age_s(folder: Path) -> float:
    """Since something in it was written; 0 where it goes just now. A long upload touches its file, not its folder."""
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:
        return 0.0
