"""Properties of all criteria, and each criterion compared with its formula."""

import copy
from pkgutil import iter_modules

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.criteria import CRITERIA, Criterion, DataCriterion
from cnnpruner.engine.scoring.by_criterion import score_by_criterion
from cnnpruner.engine.scoring.scoring_pass import score_units
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning import criteria
from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.criteria.loss_change import LossChange
from cnnpruner.planning.criteria.taylor import Taylor
from cnnpruner.planning.structure import remove_units
from tests.zoo import IMAGE, make

NETWORKS = ("vgg", "resnet_a", "depthwise", "squeeze_excite", "upsample", "concat")
ORDER = torch.tensor([3, 0, 7, 1, 6, 2, 5, 4])


class Small(nn.Module):
    """Two convolutions, the first with batch norm, and the output layer."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.b, self.out = nn.Conv2d(8, 5, 3, padding=1), nn.Linear(5, 10)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.out(torch.relu(self.b(torch.relu(self.norm(self.a(x))))).mean((2, 3)))
        return logits


def small() -> Small:
    """The seeded network with random batch norm."""
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


def values(criterion: Criterion, network: nn.Module, layers: Layers) -> FloatArray:
    return score_by_criterion(criterion, network, layers, batches(), seed=5)


def of_layer(scores: FloatArray, layers: Layers, layer: int) -> FloatArray:
    """Scores of one layer by filter number."""
    position = {number: i for i, unit in enumerate(layers.units) for index, number in unit.members if index == layer}
    return scores[[position[number] for number in sorted(position)]]


def test_criteria_are_found_in_every_file_of_the_package() -> None:
    modules = {type(criterion).__module__.rpartition(".")[2] for criterion in CRITERIA.values()}
    files = {file.name for file in iter_modules(criteria.__path__)}
    assert files - modules == {"base", "descriptions", "plugins", "score_values"}
    assert [criterion.order for criterion in CRITERIA.values()] == sorted(
        criterion.order for criterion in CRITERIA.values()
    )


@pytest.fixture(params=list(CRITERIA))
def criterion(request: pytest.FixtureRequest) -> Criterion:
    return CRITERIA[request.param]


@pytest.mark.parametrize("name", NETWORKS)
def test_criterion_scores_all_units_repeatably_and_does_not_change_the_network(criterion: Criterion, name: str) -> None:
    network = make(name)
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    before, mode = copy.deepcopy(network.state_dict()), network.training
    scores = values(criterion, network, layers)
    assert scores.shape == (len(layers.units),)
    if criterion.name != "bn_scale":  # which has no value without batch norm
        assert np.isfinite(scores[[unit.free for unit in layers.units]]).all()
    assert not np.isinf(scores).any()
    np.testing.assert_array_equal(scores, values(criterion, network, layers))
    assert network.training is mode
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_criterion_describes_itself(criterion: Criterion) -> None:
    assert criterion.name == criterion.name.lower() and len(criterion.name) <= 30
    assert criterion.title and criterion.help.endswith(".")
    assert criterion.keep in ("high", "low")
    assert criterion.needs <= {"weights", "images", "labels"}


def test_scores_follow_permuted_filters(criterion: Criterion) -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    scores = of_layer(values(criterion, network, layers), layers, 0)
    permuted = copy.deepcopy(network)
    with torch.no_grad():
        for name, value in permuted.state_dict().items():
            if name.split(".")[0] in ("a", "norm") and value.ndim:
                value.copy_(value[ORDER].clone())
        permuted.b.weight.copy_(permuted.b.weight[:, ORDER].clone())
    other = of_layer(values(criterion, permuted, layers), layers, 0)
    expected = scores if not criterion.needs else scores[ORDER.numpy()]
    np.testing.assert_allclose(other, expected, rtol=1e-4, atol=1e-6)


def test_scores_of_a_unit_do_not_change_when_others_are_cut() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    removed = [unit.id for unit in layers.units if unit.free][1:9:3]
    child, structure = cut(network, layers, removed), remove_units(layers, removed)
    kept = [position for position, unit in enumerate(layers.units) if unit.id not in removed]
    for name in ("bn_scale", "random"):
        expected = values(CRITERIA[name], network, layers)[kept]
        np.testing.assert_array_equal(values(CRITERIA[name], child, structure), expected)


def test_data_driven_criteria_in_one_pass_do_not_affect_each_other() -> None:
    network = make("vgg")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    data_criteria = [criterion for criterion in CRITERIA.values() if isinstance(criterion, DataCriterion)]
    together = score_units(network, layers, batches(), data_criteria)
    for criterion in data_criteria:
        np.testing.assert_array_equal(together[criterion.name].score, values(criterion, network, layers))


def test_loss_change_is_in_nats_per_image_and_not_divided_by_the_norm_of_the_group() -> None:
    network = small().double()
    layers = trace_layers(network, torch.zeros(1, *IMAGE, dtype=torch.float64))
    images, labels = (part[:1] for part in batches()[0])
    one_image = [(images.double(), labels)]
    scores = score_units(network, layers, one_image, [LossChange(), Taylor()])
    loss_change = of_layer(scores["loss_change"].score, layers, 0)
    for filter_, change in enumerate(loss_change):
        np.testing.assert_allclose(_scaled_loss_change(network, one_image[0], filter_), change, rtol=0.01, atol=1e-9)
    sensitivity = of_layer(scores["taylor"].score, layers, 0)
    np.testing.assert_allclose(sensitivity, loss_change / np.linalg.norm(loss_change))


def _scaled_loss_change(network: Small, batch: tuple[Tensor, Tensor], filter_: int, step: float = 1e-4) -> float:
    """|Change of the loss| per unit of `step`, if the weights that read a filter of the first layer shrink by it."""
    shrunken = copy.deepcopy(network)
    with torch.no_grad():
        shrunken.b.weight[:, filter_] *= 1 - step
        before, after = (nn.functional.cross_entropy(net(batch[0]), batch[1]) for net in (network, shrunken))
    return abs(float(after - before)) / step


def test_weight_criteria_equal_their_formulas() -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    weight = network.a.weight.detach().flatten(1).double().numpy()
    scores = {name: of_layer(values(CRITERIA[name], network, layers), layers, 0) for name in CRITERIA}
    np.testing.assert_allclose(scores["l1"], np.abs(weight).sum(1))
    np.testing.assert_allclose(scores["l2"], np.linalg.norm(weight, axis=1))
    distances = [[np.linalg.norm(first - second) for second in weight] for first in weight]
    np.testing.assert_allclose(scores["fpgm"], np.sum(distances, axis=1))
    np.testing.assert_allclose(scores["bn_scale"], network.norm.weight.detach().abs().numpy())
    second = of_layer(values(CRITERIA["bn_scale"], network, layers), layers, 1)
    assert np.isnan(second).all(), "no batch norm scales the second layer"


def test_activation_criteria_equal_their_formulas() -> None:
    network = small()
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    images = torch.cat([images for images, _ in batches()])
    with torch.no_grad():
        inputs = torch.relu(network.norm(network.a(images)))
    mean = of_layer(values(CRITERIA["activation_mean"], network, layers), layers, 0)
    zeros = of_layer(values(CRITERIA["apoz"], network, layers), layers, 0)
    np.testing.assert_allclose(mean, inputs.mean((0, 2, 3)).numpy(), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(zeros, 100 * (inputs == 0).double().mean((0, 2, 3)).numpy(), rtol=1e-4)
    assert 0 < zeros.min() < 50 < zeros.max()


def test_a_coupled_unit_scores_the_mean_of_its_filters() -> None:
    network = make("resnet_a")
    layers = trace_layers(network, torch.zeros(1, *IMAGE))
    scores = values(CRITERIA["l1"], network, layers)
    position, unit = next((i, unit) for i, unit in enumerate(layers.units) if len(unit.members) > 1)
    weights = [network.get_parameter(f"{layers.layers[layer].name}.weight")[number] for layer, number in unit.members]
    np.testing.assert_allclose(scores[position], np.mean([weight.abs().sum().item() for weight in weights]), rtol=1e-6)
