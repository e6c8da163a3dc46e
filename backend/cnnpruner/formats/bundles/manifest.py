"""Classes for the manifest of a bundle: nodes (with their epochs, plans and scored criteria), estimates, suggestions,
and Autopilots.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.formats.bundles.plan_values import BundledReconstructionRecord, BundlePlan
from cnnpruner.formats.bundles.suggestions import BundleCostGoal, BundleSuggestion
from cnnpruner.formats.bundles.values import (
    BundleAccuracy,
    BundledError,
    BundledTrainingChoice,
    BundleExperiment,
    BundleInterval,
    BundleTraining,
    BundleValue,
)


class BundledLatencyRatioInterval(BundleValue):
    """The 95% interval of the ratio between a node's latency and the root's."""

    low: float
    high: float


class BundleLatency(BundleValue):
    """Measured duration of one forward pass, with the durations of the timing blocks from which it was computed. The
    fields after `iqr_ms` were added in version 4.
    """

    runtime: Literal["eager", "onnxruntime"]
    batch: int
    device: str
    median_ms: float
    iqr_ms: float
    threads: int | None
    root_median_ms: float | None
    ratio: float | None
    ratio_interval: BundledLatencyRatioInterval | None
    pairs: int
    reliability: Literal["reliable", "unreliable", "unpaired"]
    reference_number: int | None
    measured_number: int | None
    measured_at: datetime | None
    block_ms: list[float]
    root_block_ms: list[float]


class BundleControl(BundleValue):
    """How a control node was made."""

    kind: Literal["random", "l1", "scratch"]
    seed: int
    reference_id: int


class BundledStartAccuracies(BundleValue):
    """The accuracies that were compared to choose the starting weights of a training run."""

    cut: BundleAccuracy
    recalibrated: BundleAccuracy | None
    reconstructed: BundleAccuracy


class BundledTrainingRecord(BundleValue):
    """How a node was trained: initial weights, seed, number of images, duration and device."""

    start: Literal["fresh", "checkpoint", "pretrained", "cut", "recalibrated", "reconstructed"]
    start_accuracies: BundledStartAccuracies | None
    reconstruction: BundledReconstructionRecord | None
    seed: int
    images_per_epoch: int
    images_seen: int
    seconds: float
    step_seconds_per_image: float | None
    device: str
    bfloat16: bool
    teacher_number: int | None


class BundledAppliedForecast(BundleValue):
    """The accuracy that was forecast for a node when its plan was applied."""

    nodes: int
    filters: int
    accuracy: float
    low: float
    high: float


class BundleNode(BundleValue):
    """A node of the tree, with its metrics and training settings."""

    version: int = 1
    id: int
    experiment_id: int
    parent_id: int | None
    number: int
    state: Literal["waiting", "running", "ready", "failed", "cancelled"]
    origin: Literal["trained", "imported", "plan", "automatic", "control"]
    created_at: datetime
    accuracy: float | None
    accuracy_interval: BundleInterval | None
    correct: int | None
    images: int
    loss: float | None
    test_accuracy: float | None
    test_measured_at: datetime | None
    accuracy_low: float | None
    accuracy_high: float | None
    loss_first: float | None
    loss_last: float | None
    filters: int | None
    free_filters: int | None
    parameters: int | None
    macs: int | None
    size_bytes: int | None
    compression: float | None
    latency: list[BundleLatency]
    epochs: int
    epochs_planned: int | None
    best_epoch: int | None
    recovered: bool | None
    needed_correct: int | None
    degraded: int | None
    improved: int | None
    plan_id: int | None
    removed_filters: int | None
    control: BundleControl | None
    training: BundleTraining | None
    job_id: int | None
    error: BundledError | None
    note: str
    starred: bool
    laid_out: bool = False
    training_record: BundledTrainingRecord | None = None
    forecast: BundledAppliedForecast | None = None
    forecast_reason: str | None = None


class BundleEpoch(BundleValue):
    """A finished epoch. Epoch 0 stands for the state before any training."""

    epoch: int
    train_loss: float | None
    loss: float
    accuracy: float
    learning_rate: float | None
    seconds: float
    at: datetime


class BundledForecastPoint(BundleValue):
    """The expected accuracy of a node with a given number of filters, and its forecast interval."""

    filters: int
    accuracy: float
    low: float
    high: float


class BundleForecast(BundleValue):
    """A forecast that was computed from all nodes that were finished when the estimate was made."""

    nodes: int
    keep: int | None
    keep_low: int | None
    keep_high: int | None
    accuracy: float
    low: float
    high: float
    curve: list[BundledForecastPoint]


class BundledEstimateOutcome(BundleValue):
    """The node that was made from an estimate's plan, whether it reaches the target, and whether its accuracy is in the
    forecast interval.
    """

    node_id: int
    number: int
    filters: int
    accuracy: float
    is_met: bool | None
    in_interval: bool | None


class BundleEstimate(BundleValue):
    """An estimate, the forecast that it was based on, and its outcome."""

    id: int
    experiment_id: int
    node_id: int
    created_at: datetime
    target_accuracy: float
    from_id: int
    good_id: int | None
    bad_id: int | None
    keep: int
    remove: int
    percent: float
    change: float
    interpolated: int | None
    interpolation_reason: str | None
    forecast: BundleForecast | None
    forecast_reason: str | None
    plan_id: int | None
    outcome: BundledEstimateOutcome | None


class BundledRankingOrder(BundleValue):
    """How an Autopilot ranks units: by a criterion, among all units in the same scope. `within`: another criterion,
    which ranks the units inside each layer, or null. `floor`: the minimum share of each layer's filters to keep.
    """

    criterion: str
    scope: Literal["network", "group", "alike"]
    within: str | None
    floor: float


class BundleAutopilot(BundleValue):
    """An Autopilot, with its settings and its progress."""

    version: int = 1
    id: int
    experiment_id: int
    node_id: int
    kind: Literal["automatic", "automatic_estimator", "halving", "schedule"]
    percent: float
    goal: BundleCostGoal | None
    target_accuracy: float | None
    steps: int | None
    order: BundledRankingOrder
    start: Literal["best", "cut", "recalibrated", "reconstructed"]
    training: BundledTrainingChoice | None
    recipe: bool
    """Whether each step is trained with the recommended settings (its recipe). Added in version 6."""
    max_steps: int
    state: Literal["running", "done", "stopped", "failed"]
    reason: str
    nodes: list[int]
    current_id: int | None
    good_id: int
    bad_id: int | None
    created_at: datetime
    finished_at: datetime | None


class BundledScoredCriterion(BundleValue):
    """A criterion, with its options, by which the node was scored. The scores are in the node's arrays file."""

    criterion: str
    batches: int | None
    batch_size: int | None


class BundleNodeEntry(BundleValue):
    """A node with its epochs, plans and scored criteria, and what is needed to read the node's other files."""

    node: BundleNode
    epochs: list[BundleEpoch]
    plans: list[BundlePlan]
    scores: list[BundledScoredCriterion]
    has_embedding: bool
    weights_sha256: str | None = Field(max_length=64)
    """SHA-256 of the node's weights.safetensors, as 64 hexadecimal digits. Added in version 2."""


class BundledImagePools(BundleValue):
    """For each split, the pool of images that the split's indices refer to: `train`, `test` or `held_out`."""

    train: str = Field(max_length=20)
    selection: str = Field(max_length=20)
    test: str = Field(max_length=20)
    rule: str


class BundleManifest(BundleValue):
    """The content of `manifest.json`."""

    format: Literal["cnnpruner-bundle"]
    version: int
    cnnpruner: str
    made_at: datetime
    has_weights: bool
    has_pictures: bool
    next_number: int = Field(ge=1, le=10**6)
    experiment: BundleExperiment
    pools: BundledImagePools
    nodes: list[BundleNodeEntry] = Field(min_length=1, max_length=10_000)
    estimates: list[BundleEstimate]
    autopilots: list[BundleAutopilot]
    suggestions: list[BundleSuggestion]
    """The suggestions of all nodes. Added in version 6."""
