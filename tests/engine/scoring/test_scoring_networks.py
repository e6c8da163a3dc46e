"""Sensitivity compared with a finite difference, on networks whose units are listed by hand."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.engine.scoring.scoring_pass import score_units
from cnnpruner.planning.criteria import Taylor
from cnnpruner.planning.criteria.base import FloatArray
from tests.engine.hand_networks import NETWORKS, HandStructure, build

GATE = 1e-3


class RawTaylor(Taylor):
    """a(n, u), not divided by its group's norm."""

    def compare(self, values: FloatArray, group: NDArray[np.intp], free: NDArray[np.bool_]) -> FloatArray:
        return values


def change_of_loss(network: nn.Module, hand: HandStructure, image: Tensor, label: Tensor) -> list[float]:
    """|ℓ(gate) − ℓ| / 1e-3 for every unit, in float64: the weight columns that read it are scaled by 1 − 1e-3."""
    network = network.double()
    parameters = dict(network.named_parameters())

    def loss() -> float:
        with torch.no_grad():
            return F.cross_entropy(network(image.double()), label).item()

    original, changes = loss(), []
    for unit in range(sum(hand.groups)):
        saved = {name: parameters[name].detach().clone() for name in hand.readers}
        for name, units in hand.readers.items():
            parameters[name].data[:, torch.tensor(units) == unit] *= 1 - GATE
        changes.append(abs(loss() - original) / GATE)
        for name, values in saved.items():
            parameters[name].data.copy_(values)
    return changes


@pytest.mark.parametrize("name", NETWORKS)
def test_sensitivity_for_an_image_equals_the_change_of_its_loss(name: str) -> None:
    network, hand = build(name)
    generator = torch.Generator().manual_seed(5)
    for _ in range(3):
        image, label = 3 * torch.randn(1, 3, 8, 8, generator=generator), torch.randint(0, 3, (1,), generator=generator)
        score = score_units(network, hand.layers(), [(image, label)], [RawTaylor()])["taylor"].score
        expected = np.array(change_of_loss(build(name)[0], hand, image, label))
        np.testing.assert_allclose(score, expected, rtol=0.01, atol=2e-3 * expected.max())
        assert expected.max() > 1e-3
