"""Where weights and pictures lie in the model store."""

import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from cnnpruner.errors import Conflict, StorageFailed

OWNER = "database.txt"
"""Names the database whose weights these are: two databases in one folder would sweep away each other's nodes."""

INCOMING = "incoming-"
ABANDONED_S = 3600.0
"""What came in and did not get any further for that long belongs to a server that died."""


class Files:
    """The folder `models/`, by experiment and node number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def claim(self, database: URL) -> None:
        """Make the folder, for this database alone. Raises Conflict where another one has it, else StorageFailed."""
        mine, mark = self._name(database), self.folder / OWNER
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            owner = mark.read_text("utf-8").strip() if mark.exists() else ""
            if not owner:
                mark.write_text(f"{mine}\n", "utf-8")
        except OSError as error:
            sentence = f"The model store {self.folder} cannot be used ({error.strerror}); choose another with MODELS=."
            raise StorageFailed(sentence) from error
        if owner and owner != mine:
            cure = f"choose another with MODELS=, or delete {mark} if you renamed or moved the database"
            raise Conflict(f"The model store {self.folder} belongs to the database {owner}, not to {mine}; {cure}.")

    def _name(self, database: URL) -> str:
        """A file's path as seen from the folder, so that both may be moved together."""
        if database.get_backend_name() == "sqlite" and database.database:
            return os.path.relpath(Path(database.database).resolve(), self.folder.resolve())
        return database.render_as_string(hide_password=True)

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
        """A folder for what comes in from elsewhere, on the disk of the store; what is not adopted goes at the end."""
        try:
            folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=self.folder))
        except OSError as error:
            raise StorageFailed(f"The model store cannot be written ({error.strerror}); free some space.") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, folder: Path, experiment_id: int) -> None:
        """Make `folder` that of a new experiment, in place of what lies there: a database that was removed left it."""
        try:
            self.remove_experiment(experiment_id)
            folder.replace(self.experiment_folder(experiment_id))
        except OSError as error:
            raise StorageFailed(f"The model store cannot be written ({error.strerror}); free some space.") from error

    def node_bytes(self, experiment_id: int, number: int) -> int:
        """Size of all files of a node."""
        return sum(path.stat().st_size for path in self.node_folder(experiment_id, number).rglob("*") if path.is_file())

    def remove_node(self, experiment_id: int, number: int) -> None:
        """Remove all files of a node."""
        shutil.rmtree(self.node_folder(experiment_id, number), ignore_errors=True)

    def remove_experiment(self, experiment_id: int) -> None:
        """Remove all files of an experiment."""
        shutil.rmtree(self.experiment_folder(experiment_id), ignore_errors=True)

    def node_folders(self) -> list[Path]:
        """Folders of all nodes that have one."""
        return list(self.folder.glob("experiment-*/node-*"))

    def sweep(self, there: Collection[Path], kept: Collection[tuple[int, int]]) -> list[Path]:
        """Remove those of `there` that are not of `kept`, (experiment id, node number), and what came in and was
        abandoned; gives what went.

        List `there` before `kept`: a node that another server makes meanwhile has its row before its folder.
        """
        wanted = {self.node_folder(*node) for node in kept}
        abandoned = [path for path in self.folder.glob(f"{INCOMING}*") if _age_s(path) > ABANDONED_S]
        stray = [path for path in there if path not in wanted] + abandoned
        for path in stray:
            shutil.rmtree(path, ignore_errors=True)
        return stray


def _age_s(folder: Path) -> float:
    """Since something in it was written; 0 where it goes just now. A long upload touches its file, not its folder."""
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:
        return 0.0
