"""What jobs are given about the experiment and about a ready node of it."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.tree.experiments import Experiment


@dataclass(frozen=True)
class ExperimentSetup:
    """One experiment: its values, splits, the structure of its uncut network, and where data may be read from."""

    experiment: Experiment
    splits: SplitIndices
    root_layers: Layers
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class ReadyNode:
    """A node whose weights are in the model store."""

    layers: Layers
    weights: Path
    sha256: str | None = None
    """Of the file; None: it is not known."""
