"""Re-estimated batch norm statistics."""

import torch
from torch import nn

from cnnpruner.engine.training.recalibration import recalibrate


def test_statistics_are_the_mean_over_the_batches_and_the_input_is_unchanged() -> None:
    network = nn.Sequential(nn.BatchNorm2d(2), nn.Dropout(0.5)).eval()
    batches = [torch.randn(8, 2, 3, 3, generator=torch.Generator().manual_seed(seed)) * 3 + 1 for seed in range(3)]
    recalibrated = recalibrate(network, batches)
    norm = recalibrated[0]  # type: ignore[index]
    assert torch.allclose(
        norm.running_mean, torch.stack([batch.mean((0, 2, 3)) for batch in batches]).mean(0), atol=1e-6
    )
    variances = torch.stack([batch.var((0, 2, 3)) for batch in batches])
    assert torch.allclose(norm.running_var, variances.mean(0), atol=1e-5)
    assert norm.momentum == 0.1
    assert not any(module.training for module in recalibrated.modules())
    assert torch.equal(network.get_buffer("0.running_mean"), torch.zeros(2))
    assert not network[0].training


def test_without_batch_norm_or_batches_nothing_changes() -> None:
    plain = nn.Conv2d(1, 1, 1)
    assert torch.equal(recalibrate(plain, [torch.zeros(1, 1, 2, 2)]).get_parameter("weight"), plain.weight)
    norm = nn.BatchNorm2d(2)
    norm.running_mean = torch.tensor([1.0, 2.0])
    assert torch.equal(recalibrate(norm, []).get_buffer("running_mean"), torch.tensor([1.0, 2.0]))
