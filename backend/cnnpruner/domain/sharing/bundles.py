"""Bundles: a whole experiment as one file, which another server can open."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.results import Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch, Node


class BundleOptions(Value):
    """Which data a bundle contains in addition to the tree."""

    weights: bool = Field(
        default=True,
        description="Include the weights of all nodes. Without them, the nodes can be viewed but not pruned on "
        "the other server.",
    )
    pictures: bool = Field(
        default=False,
        description="Include thumbnails of the images of the selection split, at most 96 pixels on each side. Note "
        "that this shares some of your data.",
    )


@dataclass(frozen=True)
class ScoredCriterion:
    """A criterion whose scores for a node are part of the bundle."""

    criterion: str
    """Name of the criterion with its options, as in `scores?criterion=`."""
    batches: int | None
    """Number of batches used (T); None for criteria that only need the weights."""
    batch_size: int | None
    """Images per batch."""


@dataclass(frozen=True)
class BundledNode:
    """A node with all data that belongs to it, except its arrays."""

    node: Node
    epochs: list[Epoch]
    plans: list[Plan]
    scores: list[ScoredCriterion]
    has_embedding: bool
    weights_sha256: str | None
    """SHA-256 of weights.safetensors; None if the bundle has no weights or was made by version 0.1.0."""


@dataclass(frozen=True)
class SplitPools:
    """For each split, the set of images that its indices refer to: `train`, `test` or `held_out`."""

    train: str
    selection: str
    test: str
    rule: str
    """Sentence that says how the splits were made."""


@dataclass(frozen=True)
class BundledTree:
    """The experiment's tree. All ids are from the server that made the bundle."""

    cnnpruner: str
    """Version of CNNPruner that made the bundle."""
    made_at: datetime
    has_weights: bool
    has_pictures: bool
    next_number: int
    """Number of the next node; numbers are never reused."""
    experiment: Experiment
    pools: SplitPools
    nodes: list[BundledNode]
    """All nodes of the tree, ordered by number."""
    estimates: list[Estimate]
    autopilots: list[Autopilot]
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class NodeArrays:
    """The arrays of a node. An array that the node does not have is None; a node that never became ready has no arrays
    at all.
    """

    layers: bytes | None
    """The node's structure as gzipped JSON, because the parsed structures of a hundred nodes would not fit in memory.
    """
    predictions: Predictions | None
    scores: tuple[ScoreArrays, ...]
    embedding: Embedding | None
    weights_sha256: str | None = None
    """SHA-256 of the node's extracted weights."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that has been read and has passed all checks. Its weights and pictures have been extracted
    to a folder.
    """

    tree: BundledTree
    splits: SplitIndices
    root_layers: Layers
    arrays: tuple[NodeArrays, ...]
    """Arrays of each node, in the order of `tree.nodes`."""
