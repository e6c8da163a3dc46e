"""Recipes: which training settings suit a cut and a time budget. Does not import torch.

Evidence: docs/methods.md, "Recipes".
"""

from dataclasses import dataclass
from typing import Any

from cnnpruner.domain.tree.training import Training
from cnnpruner.planning.learning import LEARNING_RATE_REDUCTION
from cnnpruner.planning.training.durations import EpochDuration

MIN_EPOCHS, MAX_EPOCHS = 3, 60
"""Smallest and largest number of epochs within a budget. If the budget is too short for the smallest number, fewer
images are used in each epoch.
"""
MIN_IMAGES_FOR_STRONG_TEACHER = 10_000
"""Number of training images from which the teacher gets most of the weight in the loss."""
LEARNING_RATE_FACTOR = 0.5
"""Share of the default learning rate that is recommended: a reconstructed network is near a good solution."""


@dataclass(frozen=True)
class RecipeInputs:
    """What is known about a cut and its training."""

    default: Training
    """Settings of the experiment."""
    reference: Training
    """Settings that are the default for the experiment's data. Their learning rate suits their batch size."""
    train_images: int
    harmful_learning_rate: float | None
    """Lowest learning rate at which a training run from the same parent made its start worse; None if none did."""
    duration: EpochDuration | None
    """Expected duration of an epoch without a teacher; None if nothing has been timed."""
    duration_with_teacher: EpochDuration | None
    """Expected duration of an epoch with the parent as the teacher."""
    budget_s: float | None
    """Longest allowed duration of the training in seconds; None for the experiment's number of epochs."""


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
    images = min(training.images or inputs.train_images, inputs.train_images)
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
    "The images are not augmented, because hardly any is seen twice: ResNet-20 at 41% of its MACs, with 9,000 images "
    "seen, gained about half a point without augmentation."
)
START_REASON = "Start from the best of the three starts: on five networks, no child ended below its own preview."


def _choose_teacher(inputs: RecipeInputs) -> tuple[dict[str, Any], str]:
    """Return the teacher with its weight and temperature, and why."""
    if inputs.train_images >= MIN_IMAGES_FOR_STRONG_TEACHER:
        return (
            {"teacher": "parent", "teacher_weight": 0.9, "temperature": 16.0},
            "The parent is the teacher, with a weight of 0.9 and a temperature of 16: on CIFAR-10, ResNet-20 at 41% of "
            "its MACs gained 3.3 points over training without a teacher at temperature 4, and more at 16.",
        )
    return (
        {"teacher": "parent", "teacher_weight": 0.5, "temperature": 2.0},
        f"The parent is the teacher, with a weight of only 0.5, because there are fewer than "
        f"{MIN_IMAGES_FOR_STRONG_TEACHER:,} training "
        "images: EfficientNet-Lite0 on 2,669 photographs of flowers had about the same accuracy and a lower loss than "
        "without a teacher.",
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
            f"{inputs.harmful_learning_rate:.3g}, at which the training of a child "
            "of this node made its start worse."
        )
        return rate, reason
    return rate, (
        f"The learning rate is {rate:.3g}, half of the default for batches of "
        f"{inputs.default.batch_size}: higher rates "
        "lose more of the start than they win back in a short training."
    )


def _choose_epochs(inputs: RecipeInputs, duration: EpochDuration | None) -> tuple[dict[str, Any], str]:
    """Return the number of epochs and of images in each, and why."""
    default = inputs.default
    if inputs.budget_s is None or duration is None:
        missing = "" if inputs.budget_s is None else " Nothing has been timed yet, so the budget could not be used."
        return {}, f"Train for the experiment's number of epochs.{missing}"
    images = min(default.images or inputs.train_images, inputs.train_images)
    epochs = int(inputs.budget_s / duration.seconds(images))
    if epochs >= MIN_EPOCHS:
        epochs = min(epochs, MAX_EPOCHS)
        return {"epochs": epochs}, f"{epochs} epochs of {images:,} images fit into {inputs.budget_s:,.0f} s."
    images_in_budget = int((inputs.budget_s / MIN_EPOCHS - duration.fixed_overhead_s) / duration.seconds_per_image)
    images = min(images, max(default.batch_size, images_in_budget))
    settings = {"epochs": MIN_EPOCHS, "images": images}
    seconds = MIN_EPOCHS * duration.seconds(images)
    if seconds > inputs.budget_s:
        duration_text = f"about {seconds:,.0f} s, longer than the {inputs.budget_s:,.0f} s that are allowed"
        return settings, f"Even {MIN_EPOCHS} epochs of {images:,} images take {duration_text}."
    return (
        settings,
        f"{MIN_EPOCHS} epochs of {images:,} images fit into {inputs.budget_s:,.0f} s; all images would not.",
    )
