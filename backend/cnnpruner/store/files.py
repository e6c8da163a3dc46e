"""Paths of weights, pictures and exports in the model store, and operations on its folders."""

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
from cnnpruner.store.identity.manifest import LEGACY_MANIFEST_FILE, MANIFEST, read_manifest, unusable_store_error

EXPERIMENT_FOLDER_PATTERN = "experiment-*"
INCOMING_PREFIX = "incoming-"
ABANDONED_AFTER_S = 3600.0
"""An incoming folder that has not changed for this long is removed, because its server has probably died."""


class Files:
    """The folder of the model store, organized by experiment and node number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity: str | None = None
        """Identity of the store; set when the store is opened."""
        self._verified_fingerprint: tuple[int, int] | None = None

    def find_problem(self) -> str | None:
        """Returns a sentence that says why nothing may be written now and what to do; None if the opened store is in
        place.
        """
        fingerprint = _file_fingerprint(self.folder / MANIFEST)
        if fingerprint is not None and fingerprint == self._verified_fingerprint:
            return None  # called at every training step: one `stat`, without reading the file
        try:
            manifest = read_manifest(self.folder)
        except StorageFailed as error:
            return error.message
        if manifest is not None and self.identity in (None, manifest.identity):
            self._verified_fingerprint = fingerprint
            return None
        problem = (
            f"The model store {self.folder} is missing"
            if manifest is None
            else f"The model store {self.folder} was replaced by another model store"
        )
        return (
            f"{problem} (it may have been moved or deleted, or its disk is gone), so nothing is written. Restore "
            "it, and the server continues on its own."
        )

    def experiment_folder(self, experiment_id: int) -> Path:
        """Returns the folder of all files of an experiment."""
        return self.folder / f"experiment-{experiment_id}"

    def node_folder(self, experiment_id: int, number: int) -> Path:
        """Returns the folder of a node. It contains the weights and, while the node's job runs, the checkpoints."""
        return self.experiment_folder(experiment_id) / f"node-{number}"

    def weights_path(self, experiment_id: int, number: int) -> Path:
        """Returns the path of the node's safetensors file."""
        return self.node_folder(experiment_id, number) / "weights.safetensors"

    def pictures_path(self, experiment_id: int) -> Path:
        """Returns the path of the pictures of the selection images, which are stored as uint8 [N, H, W, C] in an .npy
        file.
        """
        return self.experiment_folder(experiment_id) / "selection-pictures.npy"

    def filter_pictures_folder(self, experiment_id: int, number: int) -> Path:
        """Returns the folder of the node's cached filter pictures."""
        return self.node_folder(experiment_id, number) / "filters"

    def export(self, experiment_id: int, number: int, kind: str) -> Path:
        """Returns the path of the node's exported archive in this format."""
        return self.node_folder(experiment_id, number) / "exports" / f"{kind}.zip"

    @contextmanager
    def incoming_folder(self) -> Iterator[Path]:
        """Context manager that provides a folder on the store's disk for incoming files.

        The folder is removed at the end unless it has become an experiment's folder. The folder's name contains the
        store's identity, so that no other store ever removes the folder.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix=self._incoming_prefix(), dir=self.folder))
        except OSError as error:
            raise StorageFailed(
                f"The model store cannot be written to ({error.strerror}); free up space or check its permissions."
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def adopt_incoming_folder(self, folder: Path, experiment_id: int) -> None:
        """Make `folder` the folder of a new experiment. If files of another database are already at the path of this
        experiment, they are moved aside.
        """
        try:
            self.move_experiment_aside(experiment_id)
            folder.replace(self.experiment_folder(experiment_id))
        except OSError as error:
            raise StorageFailed(
                f"The model store cannot be written to ({error.strerror}); free up space or check its permissions."
            ) from error

    def move_experiment_aside(self, experiment_id: int) -> None:
        """If the folder of a new experiment already exists, move it aside: it contains files that this database does
        not know.
        """
        folder = self.experiment_folder(experiment_id)
        if folder.exists():
            target = self.folder / self.folder_for_moved_files().name
            target.mkdir(exist_ok=True)
            folder.rename(target / folder.name)

    def count_node_bytes(self, experiment_id: int, number: int) -> int:
        """Returns the total size of a node's files in bytes."""
        return sum(path.stat().st_size for path in self.node_folder(experiment_id, number).rglob("*") if path.is_file())

    def remove(self, experiment_id: int, number: int | None) -> bool:
        """Removes all files of a node or experiment that was recorded as deleted; returns whether all are gone."""
        folder = self.experiment_folder(experiment_id)
        if number is not None:
            folder = self.node_folder(experiment_id, number)
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    def experiment_folders(self) -> list[Path]:
        """Returns all experiments' folders."""
        return [path for path in self.folder.glob(EXPERIMENT_FOLDER_PATTERN) if _parse_number(path) is not None]

    def highest_node_numbers(self) -> dict[int, int]:
        """Returns the highest node number in each experiment's folder, by experiment id; -1 if the folder contains no
        nodes.
        """
        return {
            _parse_number(folder) or 0: max((_parse_number(node) or 0 for node in folder.glob("node-*")), default=-1)
            for folder in self.experiment_folders()
        }

    def node_folders(self) -> list[tuple[int, int]]:
        """Returns the experiment id and the number of each node that has a folder."""
        nodes = (path for folder in self.experiment_folders() for path in folder.glob("node-*"))
        numbers = ((_parse_number(path.parent), _parse_number(path)) for path in nodes)
        return sorted((experiment, node) for experiment, node in numbers if experiment is not None and node is not None)

    def remove_abandoned_uploads(self) -> list[Path]:
        """Removes this store's abandoned incoming folders, and returns their paths."""
        abandoned_folders = [
            path for path in self.folder.glob(f"{self._incoming_prefix()}*") if _folder_age_s(path) > ABANDONED_AFTER_S
        ]
        for path in abandoned_folders:
            shutil.rmtree(path, ignore_errors=True)
        return abandoned_folders

    def _incoming_prefix(self) -> str:
        assert self.identity is not None, "the store must be opened first"
        return f"{INCOMING_PREFIX}{self.identity[:12]}-"

    def folder_for_moved_files(self) -> Path:
        """Returns where `move_all_files_aside` would move the files now: a path next to the store's folder."""
        return self.folder.with_name(f"{self.folder.name}.aside-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")

    def move_all_files_aside(self) -> Path | None:
        """Move all of a store's files into a folder next to the store or, if that would be on another disk, inside the
        store.

        Returns the target folder; None if there were no files. Raises StorageFailed.
        """
        paths = [*self.experiment_folders(), *self.folder.glob(f"{INCOMING_PREFIX}*")]
        paths += [path for path in (self.folder / LEGACY_MANIFEST_FILE, self.folder / MANIFEST) if path.exists()]
        if not paths:
            return None
        target_folder = self.folder_for_moved_files()
        try:
            return _move_paths(paths, target_folder)
        except OSError:  # a mount point: its files stay on its disk
            try:
                return _move_paths([path for path in paths if path.exists()], self.folder / target_folder.name)
            except OSError as error:
                raise unusable_store_error(self.folder, error) from error


def _file_fingerprint(path: Path) -> tuple[int, int] | None:
    """Returns a value that changes when the file is written or replaced; None if the file is missing."""
    try:
        stat = os.stat(path)  # noqa: PTH116 as in `database_file`
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _move_paths(paths: list[Path], target: Path) -> Path:
    target.mkdir(exist_ok=True)
    try:
        for path in paths:
            path.rename(target / path.name)
    except OSError:
        if not any(target.iterdir()):
            target.rmdir()
        raise
    return target


def _parse_number(folder: Path) -> int | None:
    """Returns the number in a name such as `experiment-3` or `node-3`, or None for other names."""
    match = re.fullmatch(r"(?:experiment|node)-(\d{1,15})", folder.name)
    return int(match[1]) if match is not None else None


def _folder_age_s(folder: Path) -> float:
    """Returns the seconds since anything in the folder was last written, or 0 if the folder is being removed.

    Files count too, because a long upload changes only its file, not the folder.
    """
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:
        return 0.0
