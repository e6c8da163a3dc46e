"""What a bundle is: a whole experiment as one file, to be opened on another server."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.results import Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch, Node


class BundleChoice(Value):
    """What goes into a bundle beside the tree."""

    weights: bool = Field(
        default=True, description="the weights of all nodes; without them nodes can be read there, but not pruned"
    )
    pictures: bool = Field(
        default=False, description="small pictures of the selection images, no edge above 96 pixels: they are data"
    )


@dataclass(frozen=True)
class ScoredBy:
    """A criterion whose values the bundle has for a node."""

    criterion: str
    """With its options, as in `scores?criterion=`."""
    batches: int | None
    """T, batches looked at; None for criteria of the weights alone."""
    batch_size: int | None
    """Images a batch."""


@dataclass(frozen=True)
class BundledNode:
    """A node with all that hangs on it but its arrays."""

    node: Node
    epochs: list[Epoch]
    plans: list[Plan]
    scores: list[ScoredBy]
    has_embedding: bool
    weights_sha256: str | None
    """Of its weights.safetensors; None where the bundle has none, and in bundles of 0.1.0."""


@dataclass(frozen=True)
class SplitPools:
    """Which images the indices of each split count: `train`, `test` or `held`."""

    train: str
    selection: str
    test: str
    rule: str
    """How the splits were made, in a sentence."""


@dataclass(frozen=True)
class BundledTree:
    """The tree as the server that made the bundle had it, with that server's ids."""

    cnnpruner: str
    """Version of the program that made it."""
    made_at: datetime
    has_weights: bool
    has_pictures: bool
    next_number: int
    """Of the next node; numbers are never used again."""
    experiment: Experiment
    pools: SplitPools
    nodes: list[BundledNode]
    """By number."""
    estimates: list[Estimate]
    autopilots: list[Autopilot]


@dataclass(frozen=True)
class NodeArrays:
    """What a node has beside its values; a node that never became ready has none of it."""

    layers: bytes | None
    """Structure: its JSON, gzipped. As values those of a hundred nodes would fill the memory."""
    predictions: Predictions | None
    scores: tuple[ScoreArrays, ...]
    embedding: Embedding | None
    weights_sha256: str | None = None
    """Of the weights as they were laid out."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read and found whole. Its weights and pictures lie in a folder."""

    tree: BundledTree
    splits: SplitIndices
    root_layers: Layers
    arrays: tuple[NodeArrays, ...]
    """In the order of `tree.nodes`."""
