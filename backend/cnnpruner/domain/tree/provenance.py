"""How a node got its weights: what its training used, and the accuracy that was forecast before the training."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Accuracy, Value

StartWeights = Literal["fresh", "checkpoint", "pretrained", "cut", "recalibrated", "reconstructed"]


class UnfittedLayer(Value):
    """A layer that reconstruction left as cut."""

    layer: str = Field(description="Name of the layer.")
    reason: str = Field(description="Why the layer could not be fitted.")


class ReconstructionRecord(Value):
    """What a reconstruction fitted, and from which images."""

    fitted: int = Field(description="Number of layers that were fitted to the outputs of the parent.")
    layers: int = Field(
        description="Number of layers whose input lost something, without depthwise convolutions, which stay as cut."
    )
    unfitted: list[UnfittedLayer] = Field(description="The layers that were not fitted, with the reasons.")
    images: int = Field(description="Number of training images, without augmentation; their labels are not used.")
    places: int = Field(description="Number of places per image at which the outputs of a layer were compared.")


class StartAccuracies(Value):
    """Accuracies on the selection split before training, of the starts that were compared."""

    cut: Accuracy = Field(description="As cut from the parent.")
    recalibrated: Accuracy | None = Field(
        description="With the BN statistics re-estimated; null if the network has no batch norm."
    )
    reconstructed: Accuracy = Field(description="With every layer fitted to its outputs in the parent.")


class TrainingRecord(Value):
    """What the training of a node used, recorded when the node became ready. The settings are in `Node.training`."""

    start: StartWeights = Field(
        description="The weights at epoch 0: `fresh` ones drawn from the seed, the experiment's `checkpoint`, the "
        "published `pretrained` ones, or those of the parent without the filters that the plan removed: as `cut`, "
        "`recalibrated` (with the BN statistics re-estimated) or `reconstructed` (fitted to the parent)."
    )
    start_accuracies: StartAccuracies | None = Field(
        description="Accuracies of the starts, from which the best was chosen; null if the start was not chosen by "
        "accuracy."
    )
    reconstruction: ReconstructionRecord | None = Field(
        description="What the reconstruction fitted; null unless `start` is `reconstructed`."
    )
    seed: int = Field(description="Seed of the order of the images, and of fresh weights.")
    images_per_epoch: int = Field(description="Number of training images used in each epoch; 0 without training.")
    images_seen: int = Field(description="Finished epochs times `images_per_epoch`.")
    seconds: float = Field(
        description="Duration of all epochs in seconds, including the evaluation on the selection split after each "
        "epoch and before the first."
    )
    device: str = Field(description="Name of the device that the node was trained on, as its vendor reports it.")
    bfloat16: bool = Field(
        description="Whether the training used bfloat16 autocast. The setting `amp` allows autocast where the device "
        "benefits from it."
    )
    teacher_number: int | None = Field(description="Number of the node that was the teacher; null without a teacher.")


class AppliedForecast(Value):
    """Forecast of a node's accuracy after fine-tuning, made when its plan was applied. It never changes, so it can be
    compared with the node's accuracy.
    """

    nodes: int = Field(description="Number of finished nodes that the forecast is based on.")
    filters: int = Field(description="Number of filters of the node that the forecast was made for.")
    accuracy: float = Field(description="Expected accuracy, 0-1.")
    low: float = Field(description="Lower end of the 80 % interval, 0-1.")
    high: float = Field(description="Upper end of the 80 % interval, 0-1.")
