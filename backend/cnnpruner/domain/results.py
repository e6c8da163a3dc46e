"""Results of jobs, before they are stored as rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import CountedOperation, Layers
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.tree.image_reading import ImageReading
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.provenance import TrainingRecord


@dataclass(frozen=True)
class SplitIndices:
    """The images of each split, as ascending indices into the set of images that the split is taken from: `train`,
    `test` or `held_out`.
    """

    train_pool: str
    train: NDArray[np.int64]
    selection_pool: str
    selection: NDArray[np.int64]
    test_pool: str
    test: NDArray[np.int64]
    rule: str
    """Sentence that says how the splits were made."""

    @property
    def indices(self) -> tuple[tuple[str, NDArray[np.int64]], ...]:
        """Returns (name of the pool, indices into the pool) for the train, the selection and the test split, in this
        order.
        """
        return (self.train_pool, self.train), (self.selection_pool, self.selection), (self.test_pool, self.test)


@dataclass(frozen=True)
class Predictions:
    """A network's predictions for N images, with the k = min(5, K) most probable of the K classes for each image."""

    labels: NDArray[np.int64]
    """[N] true class of each image."""
    predicted: NDArray[np.int64]
    """[N] most probable class of each image."""
    top: NDArray[np.int64]
    """[N, k] the k most probable classes of each image, most probable first."""
    probability: NDArray[np.float32]
    """[N, k] probabilities of the classes in `top`, 0-1."""
    loss: float
    """Mean cross-entropy; always finite."""

    @property
    def is_correct(self) -> NDArray[np.bool_]:
        """[N] whether each image is classified correctly."""
        return np.equal(self.labels, self.predicted)

    @property
    def correct(self) -> int:
        """Number of images classified correctly."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """Share of images classified correctly, 0-1."""
        return self.correct / len(self.labels)


@dataclass(frozen=True)
class MacCount:
    """Operations of a network whose MACs are counted as a whole instead of weight by weight, and operations whose MACs
    cannot be counted.
    """

    operations: tuple[CountedOperation, ...]
    uncounted: tuple[str, ...]
    failure: str | None
    """Why the MACs could not be counted; None if they were counted."""


@dataclass(frozen=True)
class ScoreArrays:
    """A criterion's scores, one for each of `layers.units` in order; nan for units without a score."""

    criterion: str
    score: NDArray[np.float64]
    instability: NDArray[np.float64] | None
    batches: int | None
    batch_size: int | None


@dataclass(frozen=True)
class NodeResult:
    """All results that are stored when a node becomes ready. The weights are already in the model store."""

    layers: Layers
    cost: Cost
    predictions: Predictions
    best_epoch: int
    weights_sha256: str
    """SHA-256 of the weights file in the model store."""
    scores: tuple[ScoreArrays, ...]
    latencies: tuple[LatencyDistribution, ...]
    training_record: TrainingRecord
    import_accuracy: float | None
    """Accuracy of an imported root on all official test images, 0-1; None for other nodes."""
    import_images: int | None


@dataclass(frozen=True)
class MeasuredLatencies:
    """Measured latencies, and a sentence for each latency that could not be measured."""

    latencies: tuple[LatencyDistribution, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ExperimentCheckResult:
    """Result of checking data, network and weights before an experiment is created from them."""

    classes: tuple[str, ...]
    image_size: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    splits: SplitIndices
    layers: Layers
    notices: tuple[str, ...]
    reading: ImageReading | None = None
    warnings: tuple[str, ...] = ()
    """What would make the experiment's results misleading."""
    weights_key: str | None = None
    """Key of the weights in the checkpoint; None if there is no checkpoint."""
