"""What a bundle is: a whole experiment as one file, to be opened on another server."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.embeddings import Embedding
from cnnpruner.domain.estimates import Estimate
from cnnpruner.domain.experiments import Experiment
from cnnpruner.domain.layers import Layers
from cnnpruner.domain.nodes import Epoch, Node
from cnnpruner.domain.plans import Plan
from cnnpruner.domain.results import Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.walks import Walk

BUNDLE_VERSION = 1
"""Goes up with every change of the values below or of what they are made of."""


class BundleChoice(Value):
    """What goes into a bundle beside the tree."""

    weights: bool = Field(
        default=True, description="the weights of all nodes; without them nodes can be read there, but not pruned"
    )
    pictures: bool = Field(
        default=False, description="small pictures of the selection images, no edge above 96 pixels: they are data"
    )


class ScoredBy(Value):
    """A criterion whose values the bundle has for a node."""

    criterion: str = Field(description="with its options, as in `scores?criterion=`")
    batches: int | None = Field(description="T, batches looked at; null for criteria of the weights alone")
    batch_size: int | None = Field(description="images a batch")


class BundledNode(Value):
    """A node with all that hangs on it; its arrays are files of their own."""

    node: Node
    epochs: list[Epoch]
    plans: list[Plan]
    scores: list[ScoredBy]
    has_embedding: bool
    weights_sha256: str | None = Field(
        default=None, description="of its weights.safetensors; null in bundles of 0.1.0 and where it has no weights"
    )


class Pools(Value):
    """Which images the indices of the splits count."""

    train: str = Field(max_length=20, description="`train` or `test`, the pool of the train split")
    selection: str = Field(max_length=20, description="the same of the selection split")
    test: str = Field(max_length=20, description="the same of the test split")
    rule: str = Field(description="how the splits were made, in a sentence")


class BundleManifest(Value):
    """`manifest.json`: the tree as the server that made it had it, with that server's ids."""

    format: Literal["cnnpruner-bundle"]
    version: Literal[1]
    cnnpruner: str = Field(description="version of the program that made it")
    made_at: datetime = Field(description="UTC")
    has_weights: bool
    has_pictures: bool
    next_number: int = Field(ge=1, le=10**6, description="of the next node; numbers are never used again")
    experiment: Experiment
    pools: Pools
    nodes: list[BundledNode] = Field(min_length=1, max_length=10_000, description="by number")
    estimates: list[Estimate]
    walks: list[Walk]


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

    manifest: BundleManifest
    splits: SplitIndices
    root_layers: Layers
    arrays: tuple[NodeArrays, ...]
    """In the order of `manifest.nodes`."""
