"""Setups: the parts of an experiment and of its ready nodes that jobs receive."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.tree.experiments import Experiment


@dataclass(frozen=True)
class ExperimentSetup:
    """An experiment, its splits, the structure of its unpruned network, and the data folders."""

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
    """SHA-256 of the weights file; None if it is not known."""


@dataclass(frozen=True)
class TeacherNode:
    """The node whose predictions serve as targets in the training of another node."""

    node: ReadyNode
    number: int
