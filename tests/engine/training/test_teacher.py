"""Learning from a teacher, averaged weights, warm-up, label smoothing and gradient clipping."""

import io
import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.domain.tree.training import Augmentation
from cnnpruner.engine.training.schedules import learning_rate
from cnnpruner.engine.training.teacher import Teacher, distillation_loss
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.engine.training.weight_average import WeightAverage
from tests.engine.training.training_data import random_data, training_settings


def _network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(),
        nn.Dropout(0.3), nn.Linear(384, 2),
    )  # fmt: skip


@pytest.mark.parametrize("augmentation", ["none", "crop_flip"])
@pytest.mark.parametrize("images", [None, 20])
def test_resumed_training_with_teacher_and_average_equals_uninterrupted_bit_for_bit(
    augmentation: Augmentation, images: int | None
) -> None:
    training = training_settings(
        augmentation=augmentation, images=images, teacher=0, ema=0.9, warmup_epochs=2, label_smoothing=0.1,
        gradient_clip=0.5,
    )  # fmt: skip
    uninterrupted = Trainer(_network(), random_data(), training, seed=7, teacher=_network(1))
    expected = [uninterrupted.epoch(epoch) for epoch in range(1, 5)]

    first = Trainer(_network(), random_data(), training, seed=7, teacher=_network(1))
    stats = [first.epoch(1), first.epoch(2)]
    checkpoint = io.BytesIO()
    torch.save(first.state(), checkpoint)
    checkpoint.seek(0)
    second = Trainer(_network(), random_data(), training, seed=7, teacher=_network(1))
    second.load_state(torch.load(checkpoint, weights_only=True))
    stats += [second.epoch(3), second.epoch(4)]

    assert stats == expected
    for name, value in uninterrupted.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_distillation_loss_equals_the_formula_of_hinton() -> None:
    logits, teacher_logits = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    teacher, student = (torch.softmax(values / 4, 1) for values in (teacher_logits, logits))
    expected = 16 * sum(
        float(teacher[n, k] * math.log(teacher[n, k] / student[n, k])) for n in range(5) for k in range(3)
    ) / 5  # fmt: skip
    assert float(distillation_loss(logits, teacher_logits, 4.0)) == pytest.approx(expected)


def _gradient_after_one_step(network_of_teacher: nn.Module | None, **settings: object) -> Tensor:
    """Train one step without momentum and weight decay; return the gradient, from how far the weights moved."""
    network = _network()[:4].append(nn.Linear(384, 2))
    fixed: dict[str, object] = {
        "batch_size": 50, "momentum": 0.0, "weight_decay": 0.0, "learning_rate": 1.0, "epochs": 1,
        "augmentation": "none",
    }  # fmt: skip
    before = network.state_dict()["4.weight"].clone()
    trainer = Trainer(
        network, random_data(), training_settings(**fixed, **settings), seed=0, teacher=network_of_teacher
    )
    trainer.epoch(1)
    moved: Tensor = before - trainer.network.state_dict()["4.weight"]
    return moved


def test_teacher_and_label_smoothing_weigh_in_the_loss_as_declared() -> None:
    plain = _gradient_after_one_step(None)
    smoothed = _gradient_after_one_step(None, label_smoothing=0.2)
    teacher = _network(1)
    only_teacher = _gradient_after_one_step(teacher, teacher=0, teacher_weight=1.0)
    for smoothing, cross_entropy in ((0.0, plain), (0.2, smoothed)):
        mixed = _gradient_after_one_step(teacher, teacher=0, teacher_weight=0.3, label_smoothing=smoothing)
        assert torch.allclose(mixed, 0.7 * cross_entropy + 0.3 * only_teacher, atol=1e-5)
    assert not torch.allclose(plain, smoothed, atol=1e-3)
    assert not torch.allclose(plain, only_teacher, atol=1e-3)


def test_train_loss_is_the_plain_cross_entropy() -> None:
    training = training_settings(
        batch_size=50, learning_rate=1e-12, epochs=1, teacher=0, label_smoothing=0.3, augmentation="none"
    )
    network, data = _network()[:4].append(nn.Linear(384, 2)), random_data()
    stats = Trainer(network, data, training, seed=0, teacher=_network(1)).epoch(1)
    images = data.normalize(data.images.batch(torch.arange(50), data.device))
    expected = functional.cross_entropy(network.train()(images), data.images.labels).detach()
    assert stats.train_loss == pytest.approx(float(expected), abs=1e-5)


def test_a_gradient_is_clipped_to_its_largest_norm() -> None:
    free, clipped = _gradient_after_one_step(None), _gradient_after_one_step(None, gradient_clip=0.01)
    assert float(free.norm()) > 0.01 >= float(clipped.norm())
    assert torch.allclose(free / free.norm(), clipped / clipped.norm(), atol=1e-4)


def test_cached_logits_are_those_of_the_images_at_the_positions() -> None:
    teacher = Teacher(_network(1), torch.device("cpu"), torch.contiguous_format)
    images, positions = torch.randn(20, 1, 8, 8), torch.tensor([7, 3, 3, 19])
    computed = teacher.logits(images[positions], positions)
    teacher.cache_logits(images)
    assert torch.allclose(teacher.logits(torch.zeros(4, 1, 8, 8), positions), computed, atol=1e-6)


def test_the_average_follows_the_formula_and_copies_counts() -> None:
    network = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    weight: Any = network[0].weight
    norm: Any = network[1]
    with torch.no_grad():
        weight.fill_(0.0)
    average = WeightAverage(network, decay=0.5)
    expected = 0.0
    for step in range(30):
        with torch.no_grad():
            weight.fill_(float(step))
            norm.running_mean.fill_(float(step))
            norm.num_batches_tracked.fill_(step)
        average.update(network, step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    state = average.network.state_dict()
    assert float(state["0.weight"]) == pytest.approx(expected, rel=1e-5)
    assert float(state["1.running_mean"]) == pytest.approx(expected, rel=1e-5)
    assert int(state["1.num_batches_tracked"]) == 29


def test_the_averaged_network_is_the_one_that_is_evaluated_and_kept() -> None:
    plain = Trainer(_network(), random_data(), training_settings(), seed=0)
    averaged = Trainer(_network(), random_data(), training_settings(ema=0.99), seed=0)
    assert plain.epoch(1) == averaged.epoch(1), "averaging does not change the training itself"
    name = "0.weight"
    start, trained = _network().state_dict()[name], plain.network.state_dict()[name]
    average = averaged.network.state_dict()[name]
    assert not torch.equal(average, trained)
    assert (average - trained).norm() < (start - trained).norm()


@pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
def test_the_rate_rises_linearly_to_the_schedule(schedule: str) -> None:
    warm, plain = (training_settings(schedule=schedule, warmup_epochs=epochs, epochs=10) for epochs in (2, 0))
    rates, plain_rates = ([learning_rate(training, step, 100) for step in range(100)] for training in (warm, plain))
    assert rates[:20] == pytest.approx([plain_rates[step] * (step + 1) / 20 for step in range(20)])
    assert rates[20:] == plain_rates[20:]
