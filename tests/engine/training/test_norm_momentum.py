"""Running statistics keep up with trainings of few steps, and each norm has its own momentum afterwards."""

from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import nn

from cnnpruner.engine.training import trainer as trainer_module
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.engine.training.norm_momentum import raise_norm_momentum
from cnnpruner.engine.training.recalibration import recalibrate
from cnnpruner.engine.training.trainer import Trainer
from tests.engine.training.training_data import random_data, training_settings

STEPS = 25


def _network(momentum: float | None) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6, momentum=momentum), nn.ReLU(), nn.Flatten(), nn.Linear(384, 2)
    )  # fmt: skip


def _norm(network: nn.Module) -> Any:
    return network.get_submodule("1")


def _train(network: nn.Module) -> nn.Module:
    """Train for two epochs of 25 steps at a rate so low that the statistics to be reached stay nearly the same."""
    settings = training_settings(batch_size=16, epochs=2, learning_rate=1e-4)
    trainer = Trainer(network, random_data(STEPS * 16), settings, seed=3)
    assert trainer.steps == STEPS
    trainer.epoch(1)
    trainer.epoch(2)
    return trainer.network


def _distance_from_reestimated(network: nn.Module) -> float:
    """Return the largest distance of a running mean from its re-estimated value, in standard deviations."""
    batches = scoring_batches(random_data(STEPS * 16), 25, 16, 0)
    reestimated = _norm(recalibrate(network, [images for images, _ in batches]))
    distances = (_norm(network).running_mean - reestimated.running_mean).abs() / reestimated.running_var.sqrt()
    return float(distances.max())


def test_statistics_of_a_slow_norm_reach_the_reestimated_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _network(momentum=0.01)
    _norm(network).running_mean.fill_(5.0)
    kept_up = _distance_from_reestimated(_train(network))
    monkeypatch.setattr(trainer_module, "raise_norm_momentum", lambda *_: nullcontext())
    lagged = _distance_from_reestimated(_train(network))
    assert kept_up < 0.1
    assert lagged > 20 * kept_up


@pytest.mark.parametrize("momentum", [0.3, None])
def test_a_quick_or_cumulative_norm_trains_as_without_the_rule(
    momentum: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rule = _train(_network(momentum)).state_dict()
    monkeypatch.setattr(trainer_module, "raise_norm_momentum", lambda *_: nullcontext())
    without_rule = _train(_network(momentum)).state_dict()
    assert all(torch.equal(value, without_rule[name]) for name, value in with_rule.items())


def test_the_formula() -> None:
    network = _network(momentum=0.01)
    with raise_norm_momentum(network, 50):
        assert (1 - _norm(network).momentum) ** 50 == pytest.approx(0.01)
    assert _norm(network).momentum == 0.01


def test_every_norm_with_running_statistics_follows_the_rule() -> None:
    norms = nn.Sequential(nn.BatchNorm1d(2), nn.SyncBatchNorm(2), nn.InstanceNorm2d(2, track_running_stats=True))
    with raise_norm_momentum(norms, 1):
        assert [norm.momentum for norm in norms] == [0.99] * 3
    assert [norm.momentum for norm in norms] == [0.1] * 3


def test_own_momentum_is_restored_after_a_training_that_fails() -> None:
    trainer = Trainer(_network(0.01), random_data(64), training_settings(learning_rate=0.1), seed=0)

    def stop(*_: object) -> None:
        assert _norm(trainer.network).momentum > 0.01
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.epoch(1, stop)
    assert _norm(trainer.network).momentum == 0.01
