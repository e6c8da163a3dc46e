"""How a node's weights were made: start weights, training, and the accuracy that was forecast before the training."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Accuracy, Value

StartWeights = Literal["fresh", "checkpoint", "pretrained", "cut", "recalibrated", "reconstructed"]


class UnfittedLayer(Value):
    """A layer that the reconstruction could not fit."""

    layer: str = Field(description="Name of the layer.")
    reason: str = Field(description="Why the layer could not be fitted.")


class ReconstructionRecord(Value):
    """Which layers a reconstruction fitted, and on how many training images."""

    fitted: int = Field(description="Number of layers that were fitted to the outputs of the parent.")
    layers: int = Field(
        description="Number of layers whose inputs were changed by the pruning, not counting depthwise convolutions, "
        "which are never fitted."
    )
    unfitted: list[UnfittedLayer] = Field(description="The layers that were not fitted, with the reasons.")
    images: int = Field(
        description="Number of training images that were used for the fit, without augmentation and without their "
        "labels."
    )
    places: int = Field(
        description="Number of sampled positions per image at which a layer's outputs were compared with its outputs "
        "in the parent."
    )


class StartAccuracies(Value):
    """Accuracies, on the selection split and before training, of the start weights that were compared."""

    cut: Accuracy = Field(description="Accuracy of the parent's weights without the removed filters.")
    recalibrated: Accuracy | None = Field(
        description="Accuracy with the BN statistics re-estimated; null if the network has no batch norm."
    )
    reconstructed: Accuracy = Field(
        description="Accuracy with every layer fitted to reproduce its outputs in the parent."
    )


class TrainingRecord(Value):
    """How a node was trained: initial weights, seed, images, duration and device, recorded when it became ready. The
    training settings are in `Node.training`.
    """

    start: StartWeights = Field(
        description="The weights at epoch 0. `fresh`: drawn at random with the seed. `checkpoint`: from the "
        "experiment's checkpoint. `pretrained`: published weights. `cut`: the parent's weights without the filters "
        "that the plan removed. `recalibrated`: as `cut`, with the BN statistics re-estimated. `reconstructed`: as "
        "`cut`, with every layer fitted to reproduce its outputs in the parent."
    )
    start_accuracies: StartAccuracies | None = Field(
        description="Accuracies of the start weights that were compared to choose the best; null if the start weights "
        "were not chosen by accuracy."
    )
    reconstruction: ReconstructionRecord | None = Field(
        description="Which layers the reconstruction fitted; null unless `start` is `reconstructed`."
    )
    seed: int = Field(description="Random seed for the order of the images, and for fresh weights.")
    images_per_epoch: int = Field(description="Number of training images used in each epoch; 0 without training.")
    images_seen: int = Field(description="Number of images seen in training: finished epochs times `images_per_epoch`.")
    seconds: float = Field(
        description="Duration of all epochs in seconds, including the evaluations on the selection split before the "
        "first epoch and after each epoch."
    )
    step_seconds_per_image: float | None = Field(
        description="For an imported root, the measured training time per image in seconds, with the experiment's "
        "training settings. Null for all other nodes: their training time is recorded with each epoch."
    )
    device: str = Field(description="Name of the device that the node was trained on, as its vendor reports it.")
    bfloat16: bool = Field(
        description="Whether the training used bfloat16 autocast. The setting `amp` allows autocast where the device "
        "benefits from it."
    )
    teacher_number: int | None = Field(
        description="Number of the node that was the teacher; null if there was no teacher."
    )


class AppliedForecast(Value):
    """Forecast of a node's accuracy after fine-tuning, made when the node's plan was applied. The forecast never
    changes, so it can later be compared with the accuracy that the node reached.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    filters: int = Field(description="Number of filters in the node for which the forecast was made.")
    accuracy: float = Field(description="Expected accuracy, 0-1.")
    low: float = Field(description="Lower end of the 80% confidence interval, 0-1.")
    high: float = Field(description="Upper end of the 80% confidence interval, 0-1.")
