"""Training: resumed equals uninterrupted, bit for bit; impossible settings are refused."""

import io

import pytest
import torch
from torch import nn

from cnnpruner.domain.tree.training import Augmentation
from cnnpruner.engine.training.batches import EpochBatches, scoring_batches
from cnnpruner.engine.training.schedules import learning_rate
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.errors import InvalidInput, TrainingDiverged
from tests.engine.training.training_data import random_data, training_settings

CPU = torch.device("cpu")


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(),
        nn.Dropout(0.3), nn.Linear(384, 2),
    )  # fmt: skip


@pytest.mark.parametrize("augmentation", ["none", "crop_flip"])
@pytest.mark.parametrize("images", [None, 30])
def test_resumed_training_equals_uninterrupted_bit_for_bit(augmentation: Augmentation, images: int | None) -> None:
    training = training_settings(augmentation=augmentation, images=images)
    uninterrupted = Trainer(_network(), random_data(), training, seed=7)
    expected = [uninterrupted.epoch(epoch) for epoch in range(1, 5)]

    first = Trainer(_network(), random_data(), training, seed=7)
    stats = [first.epoch(1), first.epoch(2)]
    checkpoint = io.BytesIO()
    torch.save(first.state(), checkpoint)
    first.epoch(3)  # not saved, so it must not matter
    checkpoint.seek(0)
    second = Trainer(_network(), random_data(), training, seed=7)
    second.load_state(torch.load(checkpoint, weights_only=True))
    torch.manual_seed(99)
    stats += [second.epoch(3), second.epoch(4)]

    assert stats == expected
    for name, value in uninterrupted.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_the_given_network_is_unchanged_and_the_copy_learns() -> None:
    network = _network().eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    trainer = Trainer(network, random_data(200), training_settings(epochs=12, learning_rate=0.05), seed=0)
    losses = [trainer.epoch(epoch).train_loss for epoch in range(1, 13)]
    assert losses[-1] < 0.6 * losses[0]
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not network.training


class _Views(nn.Sequential):
    """Flattens with `view`, as some third-party networks do, which fails for channels-last activations."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self[1](torch.relu(self[0](x)).view(-1, 384))
        return logits


def test_a_network_that_flattens_with_view_can_be_trained() -> None:
    network = _Views(nn.Conv2d(1, 6, 3, padding=1), nn.Linear(384, 2))
    stats = Trainer(network, random_data(), training_settings(), seed=0).epoch(1)
    assert stats.train_loss > 0


def test_one_step_is_nesterov_sgd_with_decay_on_weights_only() -> None:
    network, data = nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), random_data(16)
    training = training_settings(epochs=2, weight_decay=0.1, learning_rate=0.5, momentum=0.8)
    trainer = Trainer(network, data, training, seed=0)
    trainer.epoch(1)
    images = data.normalize(data.images.batch(torch.arange(16), CPU))
    nn.functional.cross_entropy(network(images), data.images.labels).backward()
    weight, bias = network.get_parameter("1.weight"), network.get_parameter("1.bias")
    assert weight.grad is not None and bias.grad is not None
    with torch.no_grad():  # first step of Nesterov: momentum buffer = gradient, so step = (1 + momentum) · gradient
        expected_weight = weight - 0.5 * 1.8 * (weight.grad + 0.1 * weight)
        expected_bias = bias - 0.5 * 1.8 * bias.grad
    trained = trainer.network.state_dict()
    assert torch.allclose(trained["1.weight"], expected_weight, atol=1e-5)
    assert torch.allclose(trained["1.bias"], expected_bias, atol=1e-5)


def test_diverging_training_says_to_lower_the_learning_rate() -> None:
    trainer = Trainer(
        _network(), random_data(), training_settings(epochs=30, learning_rate=10.0, weight_decay=1.0), seed=0
    )
    with pytest.raises(TrainingDiverged, match="Lower the learning rate"):
        for epoch in range(1, 31):
            trainer.epoch(epoch)


def test_progress_is_reported_every_step_and_an_exception_ends_the_epoch() -> None:
    trainer, reports = Trainer(_network(), random_data(), training_settings(), seed=0), []
    trainer.epoch(1, lambda done, message: reports.append((done, message)))
    assert reports == [(done, "training, epoch 1") for done in (0.25, 0.5, 0.75, 1.0)]

    def stop(done: float, message: str) -> None:
        raise KeyboardInterrupt(f"{done} {message}")

    with pytest.raises(KeyboardInterrupt, match=r"^0\.25 training, epoch 2$"):
        trainer.epoch(2, stop)


@pytest.mark.parametrize(("images", "sizes"), [(32, [16, 16]), (33, [16, 17]), (34, [16, 16, 2]), (9, [9])])
def test_each_epoch_uses_every_image_once_and_no_batch_of_one(images: int, sizes: list[int]) -> None:
    batches = EpochBatches(random_data(images), training_settings(), 0, torch.contiguous_format)
    drawn = [list(batches.epoch(epoch)) for epoch in (1, 2)]
    assert [len(labels) for _, labels, _ in drawn[0]] == sizes
    assert len(batches) == len(sizes)
    first, second = (torch.cat([images for images, _, _ in epoch]).flatten(1).sum(1) for epoch in drawn)
    assert torch.equal(first.sort().values, second.sort().values)
    assert not torch.equal(first, second)


def test_batches_of_one_are_refused_with_batch_norm() -> None:
    with pytest.raises(InvalidInput, match="with one image per batch"):
        Trainer(_network(), random_data(), training_settings(batch_size=1), seed=0)


def test_scoring_batches_reshuffle_a_split_that_is_too_small() -> None:
    batches = list(scoring_batches(random_data(10), count=4, size=6, seed=0))
    assert [tuple(images.shape) for images, _ in batches] == [(6, 1, 8, 8)] * 4
    seen = torch.cat([images for images, _ in batches]).flatten(1).sum(1)
    assert seen[:10].unique().numel() == 10 and seen[10:20].unique().numel() == 10
    again = torch.cat([images for images, _ in scoring_batches(random_data(10), count=4, size=6, seed=0)])
    assert torch.equal(again.flatten(1).sum(1), seen)


def test_one_cycle_equals_torch_and_cosine_ends_near_zero() -> None:
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    oracle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.3, total_steps=50, cycle_momentum=False)
    training = training_settings(schedule="one_cycle", learning_rate=0.3)
    for step in range(50):
        assert learning_rate(training, step, 50) == pytest.approx(oracle.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        if step < 49:
            oracle.step()
    cosine = [learning_rate(training_settings(schedule="cosine", learning_rate=0.3), step, 50) for step in (0, 25, 49)]
    assert cosine == pytest.approx([0.3, 0.15, 0.3 * 0.000987], rel=1e-2)
