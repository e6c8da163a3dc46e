"""What a job hands over when its work is done, before it becomes rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.tree.nodes import Latency


@dataclass(frozen=True)
class SplitIndices:
    """Which images belong to which split: indices into one of the pools `train`, `test` and `held`, ascending."""

    train_pool: str
    train: NDArray[np.int64]
    selection_pool: str
    selection: NDArray[np.int64]
    test_pool: str
    test: NDArray[np.int64]
    rule: str
    """How they were made, in a sentence."""

    @property
    def parts(self) -> tuple[tuple[str, NDArray[np.int64]], ...]:
        """(pool, indices) of train, selection and test."""
        return (self.train_pool, self.train), (self.selection_pool, self.selection), (self.test_pool, self.test)


@dataclass(frozen=True)
class Predictions:
    """What a network says about N images, in their order; the k = min(5, K) most probable classes."""

    labels: NDArray[np.int64]
    """[N] true classes."""
    predicted: NDArray[np.int64]
    """[N] most probable class."""
    top: NDArray[np.int64]
    """[N, k] classes, most probable first."""
    probability: NDArray[np.float32]
    """[N, k] their probabilities, 0-1."""
    loss: float
    """Mean cross-entropy, a finite number."""

    @property
    def is_correct(self) -> NDArray[np.bool_]:
        """[N] which images are classified rightly."""
        return np.equal(self.labels, self.predicted)

    @property
    def correct(self) -> int:
        """How many images are classified rightly."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """Share of images classified rightly, 0-1."""
        return self.correct / len(self.labels)


@dataclass(frozen=True)
class ScoreArrays:
    """A criterion's values in the order of `layers.units`; nan where a unit has none."""

    criterion: str
    score: NDArray[np.float64]
    instability: NDArray[np.float64] | None
    batches: int | None
    batch_size: int | None


@dataclass(frozen=True)
class NodeResult:
    """All that makes a node ready. Its weights already lie in the model store."""

    layers: Layers
    cost: Cost
    predictions: Predictions
    best_epoch: int
    weights_sha256: str
    """Of the file in the model store."""
    scores: tuple[ScoreArrays, ...]
    latency: tuple[Latency, ...]
    import_accuracy: float | None
    """Imported root: accuracy on all official test images, 0-1."""
    import_images: int | None


@dataclass(frozen=True)
class MeasuredLatency:
    """Latencies measured on request, and what could not be measured: a sentence each."""

    latency: tuple[Latency, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CheckedExperiment:
    """What a look at data, network and weights found, before an experiment is made of them."""

    classes: tuple[str, ...]
    image_size: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    splits: SplitIndices
    layers: Layers
    notices: tuple[str, ...]
