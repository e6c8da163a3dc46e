"""Classes for the plans in the manifest of a bundle."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from cnnpruner.formats.bundles.values import BundleAccuracy, BundleTraining, BundleValue

FilterNumbers = dict[str, list[int]]


class BundleCost(BundleValue):
    """The cost of a network."""

    filters: int
    parameters: int
    macs: int
    size_bytes: int


class _Rule(BundleValue):
    """The fields that every rule has."""

    round_to: int = 1
    locked: list[str] = Field(default_factory=list)
    kept: FilterNumbers = Field(default_factory=dict)
    removed: FilterNumbers = Field(default_factory=dict)
    floor: float = 0.0
    max_layer_share: float = 1.0
    max_class_loss: float | None = None


class _RankingRule(_Rule):
    """The fields of rules that rank units."""

    criterion: str = "taylor"
    scope: Literal["network", "group", "alike"] = "network"
    within: str | None = None


class BundlePercentRule(_RankingRule):
    """Removes a certain percentage of the free (removable) filters."""

    rule: Literal["percent"] = "percent"
    percent: float


class BundleThresholdRule(_RankingRule):
    """Removes all free (removable) units whose rank value, by which units are compared, is below `value`, or above it
    if low rank values are kept.
    """

    rule: Literal["threshold"] = "threshold"
    value: float


class BundleLayersRule(_RankingRule):
    """Removes a given share of the free (removable) filters of each listed layer."""

    rule: Literal["layers"] = "layers"
    shares: dict[str, float]


class BundleTargetRule(_RankingRule):
    """Removes filters until the network's cost in `metric` is at most `value`."""

    rule: Literal["target"] = "target"
    metric: Literal["parameters", "macs", "size_bytes", "filters"]
    value: float


class BundleFiltersRule(_Rule):
    """Removes exactly the listed filters."""

    rule: Literal["filters"] = "filters"
    filters: FilterNumbers


BundledRule = Annotated[
    BundlePercentRule | BundleThresholdRule | BundleLayersRule | BundleTargetRule | BundleFiltersRule,
    Field(discriminator="rule"),
]


class BundleShares(BundleValue):
    """The shares of a node's cost, sensitivity and instability that a plan removes."""

    filters: float
    sensitivity: float | None
    instability: float | None
    parameters: float
    macs: float
    size_bytes: float


class BundledClassChange(BundleValue):
    """How a plan changes the accuracy on one class."""

    label: int
    accuracy_before: float
    accuracy_after: float
    flipped: list[int]


class BundledUnfittedLayer(BundleValue):
    """A layer that the reconstruction did not fit, and the reason."""

    layer: str
    reason: str


class BundledReconstructionRecord(BundleValue):
    """How many layers a reconstruction fitted, and the layers that it could not fit."""

    fitted: int
    layers: int
    unfitted: list[BundledUnfittedLayer]
    images: int
    places: int


class BundlePreview(BundleValue):
    """The preview of a plan: the accuracy of the pruned network, measured before any training."""

    plan_id: int
    removed_filters: int
    revision: int
    before: BundleAccuracy
    raw: BundleAccuracy
    recalibrated: BundleAccuracy | None
    reconstructed: BundleAccuracy | None
    reconstruction: BundledReconstructionRecord | None
    has_batch_norm: bool
    worst: BundledClassChange | None
    broken_limits: list[str]
    seconds: float


class BundlePlan(BundleValue):
    """A plan: either a draft or a plan that was applied."""

    version: int = 1
    id: int
    node_id: int
    name: str
    state: Literal["draft", "applied"]
    child_id: int | None
    revision: int
    created_at: datetime
    updated_at: datetime
    rule: BundledRule
    filters: FilterNumbers
    units: list[int]
    budget: int | None
    reached: int
    notes: list[str]
    now: BundleCost
    cost: BundleCost
    shares: BundleShares
    preview: BundlePreview | None
    note: str
    training: BundleTraining | None = None
