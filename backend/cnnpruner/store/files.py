"""Where weights and pictures lie in the model store."""

import shutil
from collections.abc import Collection
from pathlib import Path


class Files:
    """The folder `models/`, by experiment and node number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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

    def node_bytes(self, experiment_id: int, number: int) -> int:
        """Size of all files of a node."""
        return sum(path.stat().st_size for path in self.node_folder(experiment_id, number).rglob("*") if path.is_file())

    def remove_node(self, experiment_id: int, number: int) -> None:
        """Remove all files of a node."""
        shutil.rmtree(self.node_folder(experiment_id, number), ignore_errors=True)

    def remove_experiment(self, experiment_id: int) -> None:
        """Remove all files of an experiment."""
        shutil.rmtree(self.experiment_folder(experiment_id), ignore_errors=True)

    def sweep(self, kept: Collection[tuple[int, int]]) -> list[Path]:
        """Remove node folders without one of `kept`, (experiment id, node number); gives what went."""
        wanted = {self.node_folder(*node) for node in kept}
        stray = [path for path in self.folder.glob("experiment-*/node-*") if path not in wanted]
        for path in stray:
            shutil.rmtree(path, ignore_errors=True)
        return stray
