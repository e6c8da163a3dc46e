"""Training settings: SGD with Nesterov momentum, and optionally a teacher, averaged weights and more."""

from typing import Annotated, Literal, Self

from pydantic import Field

from cnnpruner.domain.base import Value

LearningRateSchedule = Literal["cosine", "one_cycle"]
Augmentation = Literal["none", "crop", "crop_flip"]
TrainingStart = Literal["best", "cut", "recalibrated", "reconstructed"]
"""The weights with which the training of a pruned network starts; `best` is the most accurate of the other three."""
Teacher = Literal["root", "parent"] | Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A node's teacher: the root, the node's parent, or any other ready node of the tree, by its id."""


class Training(Value):
    """Training settings. The optimizer is SGD with Nesterov momentum."""

    epochs: int = Field(ge=0, le=1000, description="Number of passes over the train split.")
    learning_rate: float = Field(gt=0, le=10, description="Peak learning rate.")
    batch_size: int = Field(ge=1, le=4096, description="Number of images per training step.")
    momentum: float = Field(ge=0, lt=1, description="Momentum of SGD. If it is above 0, Nesterov momentum is used.")
    weight_decay: float = Field(
        ge=0,
        le=1,
        description="L2 penalty on the weights, but not on biases or the parameters of normalization layers.",
    )
    schedule: LearningRateSchedule = Field(description="Learning rate schedule over all steps.")
    augmentation: Augmentation = Field(
        description="Augmentation of the train split. `crop`: random shift by up to an eighth of the image's edge "
        "length; `crop_flip`: also random mirroring."
    )
    early_stop: bool = Field(description="Stop after the first epoch whose accuracy is not below the parent's.")
    amp: bool = Field(description="Use bfloat16 autocast if the device benefits from it.")
    images: int | None = Field(
        ge=1, description="Number of training images used per epoch, drawn anew for each epoch; null for all."
    )
    start: TrainingStart = Field(
        description="Weights of a pruned network at epoch 0. `cut`: the parent's weights without the removed filters. "
        "`recalibrated`: as `cut`, with the BN statistics re-estimated. `reconstructed`: as `cut`, with every layer "
        "fitted to reproduce its outputs in the parent. `best`: of these three, the weights that classify the most "
        "selection images correctly. This setting has no effect on a root or on a control trained from scratch."
    )
    teacher: Teacher | None = Field(
        description="Teacher for knowledge distillation, that is, a network whose predictions are learned in "
        "addition to the labels: `root`, `parent` or the ID of a ready node. In the settings of a node, this is "
        "always an ID. Null for no teacher."
    )
    temperature: float = Field(
        gt=0, le=100, description="Temperature T that softens the predictions of the teacher and the network."
    )
    teacher_weight: float = Field(
        ge=0,
        le=1,
        description="Weight a of the teacher: the loss is (1 - a) · cross-entropy + a · T² · KL(teacher || network).",
    )
    ema: float | None = Field(
        ge=0,
        lt=1,
        description="Decay of an exponential moving average of the weights. If it is set, the averaged weights are "
        "the ones that are evaluated and kept. Null for no averaging.",
    )
    warmup_epochs: int = Field(
        ge=0,
        le=1000,
        description="Number of epochs over which the learning rate rises linearly to the value given by the schedule.",
    )
    label_smoothing: float = Field(
        ge=0,
        lt=1,
        description="Label smoothing: share of each label that is spread over all classes. `train_loss` is computed "
        "without label smoothing.",
    )
    gradient_clip: float | None = Field(
        gt=0,
        le=1e6,
        description="Largest L2 norm that the gradient of all weights may have before it is clipped; null for no "
        "clipping.",
    )


_NULLABLE_SETTINGS = frozenset({"images", "teacher", "ema", "gradient_clip"})
"""Settings for which null is a valid value, such as no teacher. They keep their default only if they are omitted."""


class TrainingChoice(Value):
    """Training settings that override the experiment's defaults. Fields that are null or omitted keep the default. The
    exceptions are `images`, `teacher`, `ema` and `gradient_clip`, for which null is a valid setting (all images, no
    teacher, no averaging, no clipping).
    """

    epochs: int | None = Field(default=None, ge=0, le=1000, description="Number of passes over the train split.")
    learning_rate: float | None = Field(default=None, gt=0, le=10, description="Peak learning rate.")
    batch_size: int | None = Field(default=None, ge=1, le=4096, description="Number of images per training step.")
    momentum: float | None = Field(default=None, ge=0, lt=1, description="Momentum of SGD.")
    weight_decay: float | None = Field(default=None, ge=0, le=1, description="L2 penalty on the weights.")
    schedule: LearningRateSchedule | None = Field(default=None, description="Learning rate schedule.")
    augmentation: Augmentation | None = Field(default=None, description="Augmentation of the train split.")
    early_stop: bool | None = Field(
        default=None, description="Stop after the first epoch whose accuracy is not below the parent's."
    )
    amp: bool | None = Field(default=None, description="Use bfloat16 autocast if the device benefits from it.")
    images: int | None = Field(
        default=None,
        ge=1,
        le=10**9,
        description="Number of training images used per epoch; null for all images. If omitted, the default is kept.",
    )
    start: TrainingStart | None = Field(
        default=None,
        description="Weights of a pruned network at epoch 0: `cut`, `recalibrated`, `reconstructed`, or `best`, "
        "which is the most accurate of the other three.",
    )
    teacher: Teacher | None = Field(
        default=None,
        description="Teacher for knowledge distillation, that is, a network whose predictions are learned in "
        "addition to the labels: `root`, `parent` or the ID of a ready node; null for no teacher. If omitted, the "
        "default is kept.",
    )
    temperature: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="Temperature that softens the predictions of the teacher and the network.",
    )
    teacher_weight: float | None = Field(default=None, ge=0, le=1, description="Weight of the teacher in the loss.")
    ema: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        description="Decay of an exponential moving average of the weights; null for no averaging. If omitted, the "
        "default is kept.",
    )
    warmup_epochs: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Number of epochs over which the learning rate rises linearly to the value given by the schedule.",
    )
    label_smoothing: float | None = Field(
        default=None, ge=0, lt=1, description="Label smoothing: share of each label that is spread over all classes."
    )
    gradient_clip: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        description="Largest L2 norm that the gradient of all weights may have before it is clipped; null for no "
        "clipping. If omitted, the default is kept.",
    )

    @classmethod
    def from_training(cls, training: Training) -> Self:
        """Returns a `TrainingChoice` that sets every field to the value in `training`."""
        return cls(**training.model_dump())

    def override(self, default: Training) -> Training:
        """Returns `default` overridden by these settings."""
        explicit_nulls = {
            name: None for name in _NULLABLE_SETTINGS & self.model_fields_set if getattr(self, name) is None
        }
        return default.model_copy(update=self.model_dump(exclude_none=True) | explicit_nulls)
