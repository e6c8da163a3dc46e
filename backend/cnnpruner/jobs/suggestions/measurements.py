"""What a search for the best plan receives, and how it measures plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import CostMetric
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.planning.cost import CostTable


@dataclass(frozen=True)
class Measurement:
    """Loss and accuracy of a plan's reconstructed network, on images that were used to choose the best plan."""

    loss: float
    accuracy: Accuracy


@dataclass(frozen=True)
class CompleteMeasurement:
    """All accuracies of a plan: three on the images that were used to choose the best plan, and one on the other
    images.
    """

    raw: Accuracy
    recalibrated: Accuracy | None
    reconstructed: Measurement
    unseen: Accuracy | None
    """Accuracy on the images that were not used to choose the best plan; None if there are none."""


class PlanEvaluator(Protocol):
    """Measures plans, mainly on the part of the selection images that is used to choose the best plan."""

    @property
    def images(self) -> int:
        """Number of images that may be used to choose the best plan."""

    def measure(self, units: Sequence[int], images: int) -> Measurement:
        """Measure the reconstructed network on the first `images` images."""

    def measure_completely(self, units: Sequence[int]) -> CompleteMeasurement:
        """Measure the plan on all selection images, after a full reconstruction."""

    @property
    def complete_measurement_s(self) -> float:
        """Expected duration of `measure_completely` in seconds; 0 before the first measurement."""


@dataclass(frozen=True)
class SearchTask:
    """The node to prune, the goal, and the scores by which units can be ranked."""

    layers: Layers
    table: CostTable
    metric: CostMetric
    limit: float | None
    """Maximum cost; None if the goal is to reach `accuracy` at the lowest cost."""
    accuracy: float | None
    """Minimum accuracy after reconstruction, 0-1; None if the goal is a maximum cost."""
    scores: dict[str, Scores]
    """Scores by criterion. Removal orders whose criterion is missing are not tried."""
    seconds: float
    seed: int
