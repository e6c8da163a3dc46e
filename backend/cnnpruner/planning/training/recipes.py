"""Recipes: the training settings that are recommended for a pruned network and a time budget. Does not import torch.

Evidence: docs/methods.md, "Recipes".
"""

from dataclasses import dataclass
from typing import Any

from cnnpruner.domain.tree.training import Training
from cnnpruner.planning.learning import LEARNING_RATE_REDUCTION
from cnnpruner.planning.training.durations import EpochDuration, count_epoch_images

MIN_EPOCHS, MAX_EPOCHS = 3, 60
"""Smallest and largest number of epochs within a budget. If the budget is too short for the smallest number, fewer
images are used in each epoch.
"""
MIN_IMAGES_FOR_STRONG_TEACHER = 10_000
"""Minimum number of training images for giving the teacher most of the weight in the loss."""
LEARNING_RATE_FACTOR = 0.5
"""Recommended learning rate, as a share of the default. It is low because a reconstructed network is near a good
solution.
"""


@dataclass(frozen=True)
class RecipeInputs:
    """What a recipe is based on."""

    default: Training
    """Training settings of the experiment."""
    reference: Training
    """Settings that are the default for the experiment's data. Their learning rate suits their batch size."""
    train_images: int
    harmful_learning_rate: float | None
    """Lowest learning rate at which fine-tuning made another child of the same parent worse; None if this never
    happened.
    """
    duration: EpochDuration | None
    """Expected duration of an epoch without a teacher; None if nothing has been timed."""
    duration_with_teacher: EpochDuration | None
    """Expected duration of an epoch with the parent as the teacher."""
    budget_s: float | None
    """Maximum duration of the training in seconds; None to train for the experiment's number of epochs."""


@dataclass(frozen=True)
class ChosenRecipe:
    """The recommended settings, how many images and seconds they take, and why they are recommended."""

    training: Training
    images_seen: int
    seconds: float | None
    reasons: list[str]


def choose_recipe(inputs: RecipeInputs) -> ChosenRecipe:
    """Return the settings that are recommended, with a sentence for each choice."""
    teacher, teacher_reason = _choose_teacher(inputs)
    rate, learning_rate_reason = _choose_learning_rate(inputs)
    duration = inputs.duration if teacher["teacher"] is None else inputs.duration_with_teacher
    epoch_settings, epochs_reason = _choose_epochs(inputs, duration)
    changes = {"start": "best", "schedule": "cosine", "learning_rate": rate} | teacher | epoch_settings
    training = inputs.default.model_copy(update=changes)
    warmup_epochs = min(training.warmup_epochs, training.epochs // MIN_EPOCHS)  # else a short run would only warm up
    training = training.model_copy(update={"warmup_epochs": warmup_epochs})
    images = count_epoch_images(training, inputs.train_images)
    images_seen = training.epochs * images
    reasons = [START_REASON, learning_rate_reason, teacher_reason, epochs_reason]
    if images_seen <= inputs.train_images and training.augmentation != "none":
        training = training.model_copy(update={"augmentation": "none"})
        reasons.append(AUGMENTATION_REASON)
    return ChosenRecipe(
        training=training,
        images_seen=images_seen,
        seconds=None if duration is None else training.epochs * duration.seconds(images),
        reasons=reasons,
    )


AUGMENTATION_REASON = (
    "The images are not augmented, because hardly any image is seen twice: ResNet-20 at 41% of its MACs, after 9,000 "
    "images, was about half a percentage point more accurate without augmentation."
)
START_REASON = (
    "Training starts from the most accurate of three networks (as cut, with batch norm re-estimated, or "
    "reconstructed): on five networks, no child was then less accurate after training than in its preview."
)


def _choose_teacher(inputs: RecipeInputs) -> tuple[dict[str, Any], str]:
    """Return the teacher with its weight and temperature, and why."""
    if inputs.train_images >= MIN_IMAGES_FOR_STRONG_TEACHER:
        return (
            {"teacher": "parent", "teacher_weight": 0.9, "temperature": 16.0},
            "The parent is the teacher, with a weight of 0.9 and a temperature of 16: on CIFAR-10, a teacher at "
            "temperature 4 made ResNet-20 at 41% of its MACs 3.3 percentage points more accurate, and temperature 16 "
            "helped even more.",
        )
    return (
        {"teacher": "parent", "teacher_weight": 0.5, "temperature": 2.0},
        f"The parent is the teacher, with a weight of only 0.5, because there are fewer than "
        f"{MIN_IMAGES_FOR_STRONG_TEACHER:,} training "
        "images: with it, EfficientNet-Lite0 on 2,669 photographs of flowers was about as accurate as without a "
        "teacher, and its loss was lower.",
    )


def _choose_learning_rate(inputs: RecipeInputs) -> tuple[float, str]:
    """Return the peak learning rate, and why."""
    reference = inputs.reference
    default_learning_rate = reference.learning_rate * inputs.default.batch_size / reference.batch_size
    rate = LEARNING_RATE_FACTOR * default_learning_rate
    if inputs.harmful_learning_rate is not None and inputs.harmful_learning_rate / LEARNING_RATE_REDUCTION < rate:
        rate = inputs.harmful_learning_rate / LEARNING_RATE_REDUCTION
        reason = (
            f"The learning rate is {rate:.3g}, a quarter of "
            f"{inputs.harmful_learning_rate:.3g}, at which fine-tuning made another child of this node worse."
        )
        return rate, reason
    return rate, (
        f"The learning rate is {rate:.3g}, half of the default for batch size {inputs.default.batch_size}: at higher "
        "rates, the network first loses more accuracy than a short training can win back."
    )


def _choose_epochs(inputs: RecipeInputs, duration: EpochDuration | None) -> tuple[dict[str, Any], str]:
    """Return the number of epochs and of images in each, and why."""
    default = inputs.default
    if inputs.budget_s is None or duration is None:
        untimed_text = " No training has been timed yet, so the time budget could not be used."
        return {}, f"Train for the experiment's number of epochs.{'' if inputs.budget_s is None else untimed_text}"
    images = count_epoch_images(default, inputs.train_images)
    epochs = int(inputs.budget_s / duration.seconds(images))
    if epochs >= MIN_EPOCHS:
        epochs = min(epochs, MAX_EPOCHS)
        reason = f"{epochs} epochs of {images:,} images fit into the time budget of {inputs.budget_s:,.0f} s."
        return {"epochs": epochs}, reason
    images_in_budget = int((inputs.budget_s / MIN_EPOCHS - duration.fixed_overhead_s) / duration.seconds_per_image)
    images = min(images, max(default.batch_size, images_in_budget))
    settings = {"epochs": MIN_EPOCHS, "images": images}
    seconds = MIN_EPOCHS * duration.seconds(images)
    if seconds > inputs.budget_s:
        duration_text = f"about {seconds:,.0f} s, more than the {inputs.budget_s:,.0f} s that are allowed"
        return settings, f"Even {MIN_EPOCHS} epochs of {images:,} images take {duration_text}."
    return (
        settings,
        f"{MIN_EPOCHS} epochs of {images:,} images fit into the time budget of {inputs.budget_s:,.0f} s; epochs of "
        "all images would not.",
    )
