"""Classes for the JSON files of a bundle. They are separate from the program's own classes, so that the format changes
only on purpose.

This module contains the experiment and the classes that several files share. Accuracies and shares are from 0 to 1,
losses are in nats, and times are in UTC. Ids were assigned by the server that created the bundle. Any change needs a
new version of the format: see `upgrades`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

BUNDLE_VERSION = 6
"""The version of the format in which bundles are written. Older bundles are converted by `upgrades` when they are read.
"""


class BundleValue(BaseModel):
    """Base class of all values in the format, which are immutable. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BundledError(BundleValue):
    """The error that explains why a node failed."""

    code: str
    message: str
    details: dict[str, Any]


class BundleInterval(BundleValue):
    """The 95% interval of an accuracy."""

    low: float
    high: float


class BundleAccuracy(BundleValue):
    """An accuracy: how many images were classified correctly."""

    accuracy: float
    correct: int
    images: int
    interval: BundleInterval


class BundledDataSource(BundleValue):
    """The source of the images."""

    kind: Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory"]
    path: str | None = None
    download: bool = False
    name: str | None = None
    unseen: str | None = None
    resize: Literal["crop", "stretch"] = "crop"
    crop_share: float = 1.0
    class_level: Literal["upper", "lower"] | None = None
    value_range: tuple[float, float] | None = None


class BundledImageReading(BundleValue):
    """How image files are listed and decoded."""

    version: int
    low: float | None
    high: float | None
    scales_all_images: bool


class BundleNetwork(BundleValue):
    """The network's name and the options with which it is built."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict)


class BundleTraining(BundleValue):
    """The settings with which a network is trained."""

    epochs: int
    learning_rate: float
    batch_size: int
    momentum: float
    weight_decay: float
    schedule: Literal["cosine", "one_cycle"]
    augmentation: Literal["none", "crop", "crop_flip"]
    early_stop: bool
    amp: bool
    images: int | None
    start: Literal["best", "cut", "recalibrated", "reconstructed"]
    teacher: Literal["root", "parent"] | int | None
    temperature: float
    teacher_weight: float
    ema: float | None
    warmup_epochs: int
    label_smoothing: float
    gradient_clip: float | None


class BundledTrainingChoice(BundleValue):
    """The training settings that a person chose. A setting that is null has its default value."""

    epochs: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    momentum: float | None = None
    weight_decay: float | None = None
    schedule: Literal["cosine", "one_cycle"] | None = None
    augmentation: Literal["none", "crop", "crop_flip"] | None = None
    early_stop: bool | None = None
    amp: bool | None = None
    images: int | None = None
    start: Literal["best", "cut", "recalibrated", "reconstructed"] | None = None
    teacher: Literal["root", "parent"] | int | None = None
    temperature: float | None = None
    teacher_weight: float | None = None
    ema: float | None = None
    warmup_epochs: int | None = None
    label_smoothing: float | None = None
    gradient_clip: float | None = None


class BundleWeights(BundleValue):
    """Where the root's initial weights come from."""

    train: BundledTrainingChoice | None = None
    path: str | None = None
    key: str | None = None
    pretrained: bool = False


class BundleSplits(BundleValue):
    """The number of images in each split, and a sentence that says how the splits were made."""

    train: int
    selection: int
    test: int
    rule: str


class BundleExperiment(BundleValue):
    """An experiment, with its data, network, splits and settings."""

    id: int
    name: str
    created_at: datetime
    data: BundledDataSource
    image_size: int
    channels: int
    mean: list[float]
    std: list[float]
    classes: list[str]
    network: BundleNetwork
    weights: BundleWeights
    seed: int
    tolerance: float
    target_accuracy: float | None
    root_training: BundleTraining | None
    training: BundleTraining
    splits: BundleSplits
    import_accuracy: float | None
    import_images: int | None
    tests: int
    tested_at: datetime | None
    reading: BundledImageReading | None = None
    macs_counted: bool
    notices: list[str]
    has_weights: bool
    root_id: int
    nodes: int
    score_batches: int
    score_batch_size: int
