"""What the JSON files of a bundle hold: values of the format itself, which no other module's values can change.

Here is what all of them share, and the experiment. Accuracies and shares are 0-1, losses in nats, times in UTC, and ids
those of the server that made the bundle. Any change is a new version of the format: see `upgrades`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

BUNDLE_VERSION = 3
"""Of the format that is written; older ones are read through the steps of `upgrades`."""


class BundleValue(BaseModel):
    """A frozen value of the format. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BundleError(BundleValue):
    """Why something failed."""

    code: str
    message: str
    details: dict[str, Any]


class BundleInterval(BundleValue):
    """Of an accuracy, 95 %."""

    low: float
    high: float


class BundleAccuracy(BundleValue):
    """How many images were classified rightly."""

    accuracy: float
    correct: int
    images: int
    interval: BundleInterval


class BundleData(BundleValue):
    """Where the images come from."""

    kind: Literal["digits", "cifar10", "cifar100", "mnist", "fashion_mnist", "folder", "factory"]
    path: str | None = None
    download: bool = False
    name: str | None = None
    unseen: str | None = None
    resize: Literal["crop", "stretch"] = "crop"
    crop_share: float = 1.0


class BundleNetwork(BundleValue):
    """Which network, by name."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict)


class BundleTraining(BundleValue):
    """How a network is trained."""

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


class BundleTrainingChoice(BundleValue):
    """What a person set of it; null: what is usual there."""

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


class BundleWeights(BundleValue):
    """Where the weights of the root began."""

    train: BundleTrainingChoice | None = None
    path: str | None = None
    pretrained: bool = False


class BundleSplits(BundleValue):
    """How many images are for what."""

    train: int
    selection: int
    test: int
    rule: str


class BundleExperiment(BundleValue):
    """The experiment."""

    id: int
    name: str
    created_at: datetime
    data: BundleData
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
    notices: list[str]
    has_weights: bool
    root_id: int
    nodes: int
    score_batches: int
    score_batch_size: int
