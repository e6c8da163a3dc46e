"""The greedy optimal brain surgeon against closed forms, brute force, and networks whose answer is known."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.engine.scoring import brain_surgeon
from cnnpruner.engine.scoring.brain_surgeon import RIDGE, score_by_brain_surgeon
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput, JobCancelled
from cnnpruner.planning.structure import find_interchangeable_units
from tests.zoo import IMAGE, make

Batches = list[tuple[Tensor, Tensor]]


class TwoLayers(nn.Module):
    """Units of `a` are read by `b` alone."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(12, 6), nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.b(F.relu(self.a(x.flatten(1)), inplace=True))
        return out


def make_batches(shape: tuple[int, ...], classes: int) -> Batches:
    generator = torch.Generator().manual_seed(3)
    return [
        (torch.randn(20, *shape, generator=generator), torch.randint(0, classes, (20,), generator=generator))
        for _ in range(3)
    ]


def score(network: nn.Module, batches: Batches) -> tuple[np.ndarray, list[int]]:
    """The scores of the network's units, and the ids of the units."""
    layers = trace_layers(network, torch.zeros(1, *batches[0][0].shape[1:]))
    return score_by_brain_surgeon(network, layers, batches, len(batches), 0), [unit.id for unit in layers.units]


@pytest.fixture
def two_layers() -> tuple[TwoLayers, Batches]:
    torch.manual_seed(0)
    return TwoLayers().eval(), make_batches((3, 2, 2), 4)


def losses_by_brute_force(network: TwoLayers, batches: Batches) -> list[float]:
    """Of every unit, the loss ½ Σ g² · W_S ((H⁻¹)_SS)⁻¹ W_S of the greedily grown set S, at the removal of the unit."""
    images, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
    with torch.no_grad():
        hidden = F.relu(network.a(images.flatten(1)))
    logits = network.b(hidden).detach().requires_grad_()
    F.cross_entropy(logits, labels, reduction="sum").backward()
    assert logits.grad is not None
    squared_gradient = logits.grad.double().square().mean(0)
    centred = (hidden - hidden.mean(0)).double()
    moments = centred.T @ centred / len(centred)
    inverse = torch.linalg.inv(moments + RIDGE * moments.diagonal().mean() * torch.eye(6, dtype=torch.float64))
    weight = network.b.weight.detach().double()

    def loss(units: list[int]) -> float:
        block = torch.linalg.inv(inverse[units][:, units])
        return float(0.5 * ((weight[:, units] @ block * weight[:, units]).sum(1) * squared_gradient).sum())

    losses, removed = [0.0] * 6, list[int]()
    while len(removed) < 6:
        unit = min((u for u in range(6) if u not in removed), key=lambda u: loss([*removed, u]))
        removed.append(unit)
        losses[unit] = loss(removed)
    return losses


def test_scores_are_the_joint_loss_of_the_greedily_removed_units(two_layers: tuple[TwoLayers, Batches]) -> None:
    scores, _ = score(*two_layers)
    np.testing.assert_allclose(scores[:6], losses_by_brute_force(*two_layers), rtol=1e-5)
    assert np.isnan(scores[6:]).all(), "the units of the output layer are frozen"


@pytest.mark.parametrize("is_wide", [False, True])
def test_one_of_two_equal_units_goes_first_and_costs_almost_nothing(
    two_layers: tuple[TwoLayers, Batches], monkeypatch: pytest.MonkeyPatch, is_wide: bool
) -> None:
    network, batches = two_layers
    with torch.no_grad():
        network.a.weight[4], network.a.bias[4] = network.a.weight[1], network.a.bias[1]
    if is_wide:
        monkeypatch.setattr(brain_surgeon, "MAX_DENSE_COLUMNS", 5)
    scores = score(network, batches)[0][:6]
    ascending = np.sort(scores)
    if is_wide:  # the units are taken as independent, so it does not see that they are equal
        assert np.isfinite(scores).all()
        return
    assert int(scores.argmin()) in (1, 4)
    assert ascending[0] < 0.2 * ascending[1]


@pytest.mark.parametrize(
    "name", ["vgg", "resnet_a", "concat", "depthwise", "shuffle", "attention", "squeeze_excite", "upsample"]
)
def test_all_free_units_of_all_kinds_of_networks_have_scores_that_grow_within_each_set(name: str) -> None:
    network = make(name)
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    batches = make_batches(IMAGE, 10)
    scores = score_by_brain_surgeon(network, layers, batches, len(batches), 0)
    free = np.array([unit.free for unit in layers.units])
    assert np.isfinite(scores[free]).all() and (scores[free] >= 0).all() and np.isnan(scores[~free]).all()
    position = {unit.id: index for index, unit in enumerate(layers.units)}
    for unit_ids in find_interchangeable_units(layers):
        members = {tuple(sorted(layer for layer, _ in layers.units[position[u]].members)) for u in unit_ids}
        assert len(members) == 1


def test_scoring_can_be_cancelled_and_needs_images(two_layers: tuple[TwoLayers, Batches]) -> None:
    network, batches = two_layers
    layers = trace_layers(network, torch.zeros(1, 3, 2, 2))

    def cancel(done: float, _: str) -> None:
        if done >= 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        score_by_brain_surgeon(network, layers, batches, len(batches), 0, cancel)
    with pytest.raises(InvalidInput, match="no batches to score with"):
        score_by_brain_surgeon(network, layers, [], 0, 0)
