"""Recipes: the recommended settings follow the data, earlier trainings and the budget; every choice has a reason."""

from dataclasses import replace

import pytest

from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.training.durations import EpochDuration
from cnnpruner.planning.training.recipes import RecipeInputs, choose_recipe

REFERENCE = default_training(DataSource(kind="cifar10"), "tune")
INPUTS = RecipeInputs(
    default=REFERENCE.model_copy(update={"batch_size": 64}),
    reference=REFERENCE,
    train_images=45_000,
    harmful_learning_rate=None,
    duration=EpochDuration(0.0, 0.001),
    duration_with_teacher=EpochDuration(5.0, 0.002),
    budget_s=None,
)


def test_without_a_budget_the_experiments_epochs_are_kept() -> None:
    recipe = choose_recipe(INPUTS)
    training = recipe.training
    assert (training.start, training.epochs, training.schedule) == ("best", 15, "cosine")
    assert training.learning_rate == pytest.approx(0.02 * 64 / 128 / 2)
    assert (training.teacher, training.teacher_weight, training.temperature) == ("parent", 0.9, 16.0)
    assert recipe.images_seen == 15 * 45_000 and recipe.seconds == pytest.approx(15 * 95)
    assert len(recipe.reasons) == 4 and all(reason.endswith(".") for reason in recipe.reasons)


def test_images_are_not_augmented_as_long_as_hardly_any_is_seen_twice() -> None:
    short, long = [choose_recipe(replace(INPUTS, budget_s=budget)) for budget in (75.0, 95.0 * 3)]
    assert (short.training.augmentation, long.training.augmentation) == ("none", "crop_flip")
    assert "not augmented" in short.reasons[-1] and "not augmented" not in long.reasons[-1]
    default = INPUTS.default.model_copy(update={"augmentation": "none"})
    assert len(choose_recipe(replace(INPUTS, default=default, budget_s=75.0)).reasons) == 4


def test_with_few_images_the_teacher_has_less_weight() -> None:
    training = choose_recipe(replace(INPUTS, train_images=2_669)).training
    assert (training.teacher_weight, training.temperature) == (0.5, 2.0)


def test_a_rate_that_did_harm_is_followed_by_a_quarter_of_it() -> None:
    recipe = choose_recipe(replace(INPUTS, harmful_learning_rate=0.004))
    assert recipe.training.learning_rate == pytest.approx(0.001)
    assert "at which fine-tuning made another child of this node worse" in recipe.reasons[1]
    assert choose_recipe(replace(INPUTS, harmful_learning_rate=0.5)).training.learning_rate == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("budget", "epochs", "images"),
    [(500.0, 5, None), (95.0 * 3, 3, None), (75.0, 3, 10_000), (1.0, 3, 64), (1e6, 60, None)],
)
def test_the_training_fits_into_the_budget(budget: float, epochs: int, images: int | None) -> None:
    recipe = choose_recipe(replace(INPUTS, budget_s=budget))
    assert (recipe.training.epochs, recipe.training.images) == (epochs, images)
    assert recipe.seconds is not None
    if budget > 20:
        assert recipe.seconds <= budget + 1e-6 and " fit into " in recipe.reasons[3]
    else:
        assert recipe.reasons[3] == "Even 3 epochs of 64 images take about 15 s, more than the 1 s that are allowed."


def test_a_short_training_does_not_consist_of_warm_up() -> None:
    default = INPUTS.default.model_copy(update={"warmup_epochs": 5})
    assert choose_recipe(replace(INPUTS, default=default, budget_s=95.0 * 3)).training.warmup_epochs == 1
    assert choose_recipe(replace(INPUTS, default=default)).training.warmup_epochs == 5


def test_a_budget_cannot_be_used_before_anything_was_timed() -> None:
    recipe = choose_recipe(replace(INPUTS, budget_s=60.0, duration=None, duration_with_teacher=None))
    assert (recipe.training.epochs, recipe.seconds) == (15, None)
    assert "No training has been timed yet" in recipe.reasons[3]
