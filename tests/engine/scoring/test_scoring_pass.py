"""The scoring pass: values computed by hand, partial results, and no side effects."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.scoring_pass import Batches, UnitScores, score_units
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.criteria import Instability, Taylor
from tests.engine.hand_networks import NETWORKS, HandStructure, build

Batch = tuple[Tensor, Tensor]


class Tiny(nn.Module):
    """logits = second(relu(first(x))), both the identity."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        for layer in (self.first, self.second):
            nn.init.eye_(layer.weight)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.second(torch.relu(self.first(x.flatten(1))))
        return logits


TINY = HandStructure((2,), {"first.weight": [-1, -1], "second.weight": [0, 1]})
ONE_TWO = (torch.tensor([1.0, 2.0]).reshape(1, 2, 1, 1), torch.tensor([0]))
TWO_ONE = (torch.tensor([2.0, 1.0]).reshape(1, 2, 1, 1), torch.tensor([0]))


def random_batches(count: int = 4, size: int = 6) -> list[Batch]:
    """Seeded images of 3x8x8 with labels."""
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(size, 3, 8, 8, generator=generator), torch.randint(0, 3, (size,), generator=generator))
        for _ in range(count)
    ]


def by_taylor(
    network: nn.Module, layers: Layers, batches: Batches, on_batch: Callable[[int, UnitScores], None] | None = None
) -> UnitScores:
    """Scores of all units by Taylor alone."""

    def pass_on(done: int, scores: Mapping[str, UnitScores]) -> None:
        if on_batch is not None:
            on_batch(done, scores["taylor"])

    return score_units(network, layers, batches, [Taylor()], pass_on)["taylor"]


def test_scores_of_two_batches_equal_those_by_hand() -> None:
    # image (1, 2): gradient (-p, p), a = (p, 2p), over its norm (1, 2)/√5; image (2, 1): (2, 1)/√5
    scores = by_taylor(Tiny(), TINY.layers(), [ONE_TWO, TWO_ONE])
    np.testing.assert_allclose(scores.score, [1.5 / math.sqrt(5)] * 2, rtol=1e-6)
    np.testing.assert_allclose(scores.instability, [0.25, 0.25])  # ranks 1, 2 and 2, 1 of 2
    assert scores.batches == 2


def test_one_batch_averages_absolute_values_over_images() -> None:
    p, q = 1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))
    a = np.array([p + 2 * q, 2 * p + q]) / 2
    scores = by_taylor(Tiny(), TINY.layers(), [(torch.cat([ONE_TWO[0], TWO_ONE[0]]), torch.tensor([0, 0]))])
    np.testing.assert_allclose(scores.score, a / np.linalg.norm(a), rtol=1e-6)


def test_frozen_units_are_divided_by_the_norm_of_free_units_and_not_ranked() -> None:
    hand = HandStructure((2,), TINY.readers, frozen=(1,))
    scores = by_taylor(Tiny(), hand.layers(), [ONE_TWO, TWO_ONE])
    np.testing.assert_allclose(scores.score, [1, (2 + 0.5) / 2], rtol=1e-6)
    np.testing.assert_array_equal(scores.instability, [0, np.nan])


def test_only_a_frozen_unit_without_readers_has_no_score() -> None:
    hand = HandStructure((2, 2), {"second.weight": [0, 1]}, frozen=(3,))
    scores = by_taylor(Tiny(), hand.layers(), [ONE_TWO])
    np.testing.assert_array_equal(np.isnan(scores.score), [False, False, False, True])
    assert scores.score[2] == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_scores_of_a_groups_free_units_have_norm_one_in_a_batch(name: str) -> None:
    network, hand = build(name)
    layers = hand.layers()
    scores = by_taylor(network, layers, random_batches(1))
    for group in layers.groups:
        positions = [i for i, unit in enumerate(layers.units) if unit.group == group.index and unit.free]
        assert np.linalg.norm(scores.score[positions]) == pytest.approx(1, abs=1e-6)


def test_the_order_of_images_in_a_batch_does_not_matter() -> None:
    network, hand = build("residual")
    batches = random_batches()
    reversed_batches = [(images.flip(0), labels.flip(0)) for images, labels in batches]
    first = by_taylor(network, hand.layers(), batches)
    second = by_taylor(network, hand.layers(), reversed_batches)
    np.testing.assert_allclose(first.score, second.score, rtol=1e-4)
    np.testing.assert_allclose(first.instability, second.instability, atol=1e-9)


def test_unit_ids_need_not_be_positions() -> None:
    network, hand = build("dense")
    layers = hand.layers()
    renamed = layers.model_copy(
        update={
            "units": [unit.model_copy(update={"id": 100 - unit.id}) for unit in layers.units],
            "dim_units": [[100 - unit for unit in units] for units in layers.dim_units],
        }
    )
    first, second = (by_taylor(network, structure, random_batches()) for structure in (layers, renamed))
    np.testing.assert_array_equal(first.score, second.score)


def test_partial_scores_after_each_batch_equal_those_of_a_shorter_pass() -> None:
    network, hand = build("squeeze-excite")
    partial: list[tuple[int, UnitScores]] = []
    batches = random_batches()
    final = by_taylor(network, hand.layers(), iter(batches), lambda done, scores: partial.append((done, scores)))
    assert [done for done, _ in partial] == [1, 2, 3, 4]
    for done, scores in partial:
        shorter = by_taylor(network, hand.layers(), batches[:done])
        np.testing.assert_array_equal(scores.score, shorter.score)
        np.testing.assert_array_equal(scores.instability, shorter.instability)
        assert scores.batches == done
    np.testing.assert_array_equal(partial[-1][1].score, final.score)


def test_network_and_gradients_are_not_changed() -> None:
    network, hand = build("chain")
    network.train()
    for parameter in network.parameters():
        parameter.grad = torch.full_like(parameter, 7)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    by_taylor(network, hand.layers(), random_batches())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(bool((p.grad == 7).all()) and p.requires_grad for p in network.parameters() if p.grad is not None)
    assert all(p.grad is not None for p in network.parameters())
    assert all(module.training for module in network.modules())


def test_frozen_parameters_and_no_grad_give_the_same_scores() -> None:
    network, hand = build("depthwise")
    free = by_taylor(network, hand.layers(), random_batches())
    network.requires_grad_(False)
    with torch.no_grad():
        frozen = by_taylor(network, hand.layers(), random_batches())
    np.testing.assert_array_equal(free.score, frozen.score)


def test_scores_do_not_depend_on_the_mode_of_the_network() -> None:
    network, hand = build("residual")
    evaluated = by_taylor(network, hand.layers(), random_batches())
    trained = by_taylor(network.train(), hand.layers(), random_batches())
    np.testing.assert_array_equal(evaluated.score, trained.score)


def test_criterion_instability_equals_the_instability_of_the_sensitivity() -> None:
    network, hand = build("chain")
    scores = score_units(network, hand.layers(), random_batches(4), [Taylor(), Instability()])
    np.testing.assert_array_equal(scores["instability"].score, scores["taylor"].instability)
    assert np.nanmax(scores["instability"].score) > 0


def test_no_batches_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no batches"):
        by_taylor(Tiny(), TINY.layers(), [])


def test_a_network_with_infinite_loss_is_refused() -> None:
    network = Tiny()
    nn.init.constant_(network.second.weight, math.nan)
    with pytest.raises(UnusableNetwork, match="loss is not finite"):
        by_taylor(network, TINY.layers(), [ONE_TWO])


def test_positions_folded_into_the_batch_count_for_their_image() -> None:
    network, hand = build("twice")

    class Folded(type(network)):  # type: ignore[misc]
        def forward(self, x: Tensor) -> Tensor:
            x = torch.relu(self.s(torch.relu(self.s(self.a(x)))))
            rows = x.flatten(2).transpose(1, 2).reshape(-1, 4)
            logits: Tensor = self.out(torch.relu(self.mix(rows)).reshape(len(x), -1, 5).mean(1))
            return logits

    folded = Folded()
    folded.load_state_dict(network.state_dict())
    first, second = (by_taylor(variant, hand.layers(), random_batches(2)) for variant in (network, folded))
    np.testing.assert_allclose(first.score, second.score, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "constants"])
def test_a_traced_structure_has_the_same_scores_as_the_one_by_hand(name: str) -> None:
    network, hand = build(name)
    traced = trace_layers(network, torch.randn(1, 3, 8, 8))
    by_trace, by_hand = (by_taylor(network, layers, random_batches()) for layers in (traced, hand.layers()))
    np.testing.assert_array_equal(by_trace.score[:-3], by_hand.score)
    assert np.isnan(by_trace.score[-3:]).all()  # the classes
