"""Comparisons of cuts run on a copy in which signals live."""

import torch
from torch import nn

from cnnpruner.engine.surgery.live_copy import make_noisy_copy
from tests.engine.cuts import noise
from tests.zoo import IMAGE


def changed_tensors(network: nn.Module, copied: nn.Module) -> set[str]:
    before = network.state_dict()
    return {name for name, value in copied.state_dict().items() if not torch.equal(value, before[name])}


def test_constant_tensors_get_noise_trained_ones_do_not_and_batch_norm_is_calibrated() -> None:
    head = nn.Linear(4 * 30 * 30, 2)
    nn.init.zeros_(head.weight)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.PReLU(), nn.Flatten(), head)
    images = noise((3, 32, 32))
    live = make_noisy_copy(network, images)
    statistics = {"1.running_mean", "1.running_var", "1.num_batches_tracked"}
    assert changed_tensors(network, live) == {"1.weight", "1.bias", "4.weight"} | statistics
    assert torch.allclose(live[1].running_mean, network[0](images).mean((0, 2, 3)), atol=1e-6)  # type: ignore[index]


def test_a_gain_of_zero_does_not_hide_the_branch_behind_it() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3))
    network.register_parameter("gain", nn.Parameter(torch.zeros(())))
    network.register_parameter("scale", nn.Parameter(torch.ones(())))
    live = make_noisy_copy(network, noise(IMAGE))
    assert live.get_parameter("gain").item() != 0
    assert live.get_parameter("scale").item() == 1


def test_the_signal_of_a_deep_fresh_network_lives() -> None:
    """Without calibration the logits of two images differ by less than a millionth of the largest logit."""
    torch.manual_seed(0)
    blocks = [nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()) for _ in range(30)]
    network = nn.Sequential(nn.Conv2d(3, 8, 3), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)).eval()
    images = noise((3, 16, 16))

    def spread(module: nn.Module) -> float:
        with torch.no_grad():
            logits = module(images)
        return float((logits.amax(0) - logits.amin(0)).max() / logits.abs().max())

    assert spread(network) < 1e-6
    assert spread(make_noisy_copy(network, images)) > 1e-3
