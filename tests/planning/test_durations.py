"""Durations of trainings follow the epochs that were timed, else the step that was timed when the root was imported."""

import pytest

from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.training.durations import TimedEpoch, TimedStep, count_teacher_macs, estimate_epoch_duration


def test_the_median_time_per_image_and_mac_decides() -> None:
    epochs = [TimedEpoch(seconds, images=100, macs=1000.0, selection_images=300) for seconds in (1.0, 2.0, 30.0)]
    duration = estimate_epoch_duration(epochs, None, macs=500.0, selection_images=300)
    assert duration is not None
    assert duration.seconds(100) == pytest.approx(1.0), "half of it for the evaluation"
    assert duration.seconds(400) == pytest.approx(2.5)


def test_before_the_first_training_the_step_of_the_import_decides() -> None:
    root_step = TimedStep(seconds_per_image=0.01, evaluation_s=3.0, macs=1000.0)
    duration = estimate_epoch_duration([], root_step, macs=500.0, selection_images=300)
    assert duration is not None and duration.seconds(600) == pytest.approx((3.0 + 6.0) / 2)


def test_without_any_measurement_there_is_no_estimate() -> None:
    epochs = [TimedEpoch(1.0, 0, 1.0, 10), TimedEpoch(0.0, 10, 1.0, 10)]
    assert estimate_epoch_duration(epochs, None, 5.0, 10) is None


def test_a_teacher_adds_a_third_of_its_macs_unless_its_predictions_are_computed_in_advance() -> None:
    training = default_training(DataSource(kind="cifar10"), "tune").model_copy(update={"epochs": 2, "images": 500})
    not_augmented = training.model_copy(update={"augmentation": "none"})
    assert count_teacher_macs(900, training, 1000) == 300
    assert count_teacher_macs(900, not_augmented, 1000) == 0
    assert count_teacher_macs(900, not_augmented, 1001) == 300, "too few images are seen to compute all predictions"
    assert count_teacher_macs(None, training, 1000) == 0
