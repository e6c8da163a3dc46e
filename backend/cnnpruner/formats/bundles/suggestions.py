"""Classes for the suggestions (searches for the best plan) in the manifest of a bundle, added in version 6."""

from datetime import datetime
from typing import Literal

from cnnpruner.formats.bundles.plan_values import BundleCost, BundledRule
from cnnpruner.formats.bundles.values import BundleAccuracy, BundleValue


class BundleCostGoal(BundleValue):
    """A cost that the pruned network must not exceed."""

    metric: Literal["macs", "parameters", "size_bytes", "filters"]
    value: float


class BundleAccuracyGoal(BundleValue):
    """An accuracy that the pruned network must reach before any training, at the lowest possible cost."""

    accuracy: float


class BundleCandidate(BundleValue):
    """A plan that a search tried, with its accuracies before any training."""

    rule: BundledRule
    origin: Literal["order", "exchange"]
    cost: BundleCost
    widths: dict[str, int]
    loss: float
    images: int
    raw: BundleAccuracy | None
    recalibrated: BundleAccuracy | None
    reconstructed: BundleAccuracy
    unseen: BundleAccuracy | None
    state: Literal["measured", "eliminated", "best"]


class BundleSuggestion(BundleValue):
    """A search for the best plan of a node, with the plans that it tried, best first."""

    version: int = 1
    id: int
    experiment_id: int
    node_id: int
    created_at: datetime
    goal: BundleCostGoal | BundleAccuracyGoal
    seconds: float
    seed: int
    apply: bool
    training_seconds: float | None
    candidates: list[BundleCandidate]
    exchanges: int
    gains: int
    elapsed_s: float
    plan_id: int | None
