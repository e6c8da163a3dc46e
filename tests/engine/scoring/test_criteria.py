"""One contract for all criteria, and each against its formula."""

import copy
from pkgutil import iter_modules

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.criteria import CRITERIA, Criterion, DataCriterion, StaticCriterion
from cnnpruner.engine.scoring.scoring_pass import score_static, score_units
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning import criteria
from cnnpruner.planning.criteria.base import Floats
from cnnpruner.planning.structure import restrict
from tests.zoo import IMAGE, make

NETWORKS = ("vgg", "resnet_a", "depthwise", "squeeze_excite", "upsample", "concat")
ORDER = torch.tensor([3, 0, 7, 1, 6, 2, 5, 4])


class Small(nn.Module):
    """Two convolutions, the first with batch norm, and the classes."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.b, self.out = nn.Conv2d(8, 5, 3, padding=1), nn.Linear(5, 10)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.out(torch.relu(self.b(torch.relu(self.norm(self.a(x))))).mean((2, 3)))
        return logits


def small() -> Small:
    """Seeded, with norms away from 1."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network = Small().eval()
        nn.init.uniform_(network.norm.weight, -1.5, 1.5)
        nn.init.uniform_(network.norm.bias, -0.5, 0.5)
    return network


def batches() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(5, *IMAGE, generator=generator), torch.randint(0, 10, (5,), generator=generator)) for _ in range(2)
    ]


def values(criterion: Criterion, network: nn.Module, layers: Layers) -> Floats:
    if isinstance(criterion, DataCriterion):
        return score_units(network, layers, batches(), [criterion])[criterion.name].score
    assert isinstance(criterion, StaticCriterion)
    return score_static(network, layers, criterion, seed=5)


def of_layer(found: Floats, layers: Layers, layer: int) -> Floats:
    """By filter number."""
    at = {number: place for place, unit in enumerate(layers.units) for of, number in unit.members if of == layer}
    return found[[at[number] for number in sorted(at)]]


def test_the_criteria_of_a_new_file_are_found() -> None:
    found = {type(criterion).__module__.rpartition(".")[2] for criterion in CRITERIA.values()}
    files = {file.name for file in iter_modules(criteria.__path__)}
    assert files - found == {"base", "descriptions", "plugins"}
    assert [criterion.order for criterion in CRITERIA.values()] == sorted(one.order for one in CRITERIA.values())


@pytest.fixture(params=list(CRITERIA))
def criterion(request: pytest.FixtureRequest) -> Criterion:
    return CRITERIA[request.param]


@pytest.mark.parametrize("name", NETWORKS)
def test_criterion_values_all_units_repeats_itself_and_leaves_the_network_alone(
    criterion: Criterion, name: str
) -> None:
    network = make(name)
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    before, mode = copy.deepcopy(network.state_dict()), network.training
    found = values(criterion, network, layers)
    assert found.shape == (len(layers.units),)
    if criterion.name != "bn_scale":  # which has none where there is no batch norm
        assert np.isfinite(found[[unit.free for unit in layers.units]]).all()
    assert not np.isinf(found).any()
    np.testing.assert_array_equal(found, values(criterion, network, layers))
    assert network.training is mode
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_criterion_describes_itself(criterion: Criterion) -> None:
    assert criterion.name == criterion.name.lower() and len(criterion.name) <= 30
    assert criterion.title and criterion.help.endswith(".")
    assert criterion.keep in ("high", "low")
    assert criterion.needs <= {"weights", "images", "labels"}


def test_values_follow_filters_that_change_places(criterion: Criterion) -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    found = of_layer(values(criterion, network, layers), layers, 0)
    turned = copy.deepcopy(network)
    with torch.no_grad():
        for name, value in turned.state_dict().items():
            if name.split(".")[0] in ("a", "norm") and value.ndim:
                value.copy_(value[ORDER].clone())
        turned.b.weight.copy_(turned.b.weight[:, ORDER].clone())
    other = of_layer(values(criterion, turned, layers), layers, 0)
    expected = found if not criterion.needs else found[ORDER.numpy()]
    np.testing.assert_allclose(other, expected, rtol=1e-4, atol=1e-6)


def test_numbers_are_kept_when_others_are_cut() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    gone = [unit.id for unit in layers.units if unit.free][1:9:3]
    left, rest = cut(network, layers, gone), restrict(layers, gone)
    kept = [place for place, unit in enumerate(layers.units) if unit.id not in gone]
    for name in ("bn_scale", "random"):
        np.testing.assert_array_equal(values(CRITERIA[name], left, rest), values(CRITERIA[name], network, layers)[kept])


def test_data_driven_criteria_share_a_pass_without_touching_each_other() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    several = [one for one in CRITERIA.values() if isinstance(one, DataCriterion)]
    together = score_units(network, layers, batches(), several)
    for one in several:
        np.testing.assert_array_equal(together[one.name].score, values(one, network, layers))


def test_formulas_of_weights() -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    weight = network.a.weight.detach().flatten(1).double().numpy()
    found = {name: of_layer(values(CRITERIA[name], network, layers), layers, 0) for name in CRITERIA}
    np.testing.assert_allclose(found["l1"], np.abs(weight).sum(1))
    np.testing.assert_allclose(found["l2"], np.linalg.norm(weight, axis=1))
    apart = [[np.linalg.norm(one - other) for other in weight] for one in weight]
    np.testing.assert_allclose(found["fpgm"], np.sum(apart, axis=1))
    np.testing.assert_allclose(found["bn_scale"], network.norm.weight.detach().abs().numpy())
    second = of_layer(values(CRITERIA["bn_scale"], network, layers), layers, 1)
    assert np.isnan(second).all(), "no batch norm scales the second layer"


def test_formulas_of_activations() -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    images = torch.cat([images for images, _ in batches()])
    with torch.no_grad():
        read = torch.relu(network.norm(network.a(images)))
    mean = of_layer(values(CRITERIA["activation_mean"], network, layers), layers, 0)
    zeros = of_layer(values(CRITERIA["apoz"], network, layers), layers, 0)
    np.testing.assert_allclose(mean, read.mean((0, 2, 3)).numpy(), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(zeros, 100 * (read == 0).double().mean((0, 2, 3)).numpy(), rtol=1e-4)
    assert 0 < zeros.min() < 50 < zeros.max()


def test_a_coupled_unit_has_the_mean_of_its_filters() -> None:
    network = make("resnet_a")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    found = values(CRITERIA["l1"], network, layers)
    place, unit = next((place, unit) for place, unit in enumerate(layers.units) if len(unit.members) > 1)
    weights = [network.get_parameter(f"{layers.layers[layer].name}.weight")[number] for layer, number in unit.members]
    np.testing.assert_allclose(found[place], np.mean([weight.abs().sum().item() for weight in weights]), rtol=1e-6)
