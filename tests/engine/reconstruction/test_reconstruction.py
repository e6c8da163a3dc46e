"""Reconstruction of cut networks, without training."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.reconstruction import layer_fit, targets
from cnnpruner.engine.reconstruction.least_squares import GramFit
from cnnpruner.engine.reconstruction.reconstruction import FitSettings, NetworkCut, Reconstruction, reconstruct
from cnnpruner.engine.surgery.live_copy import make_noisy_copy
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.errors import JobCancelled
from tests.engine.cuts import noise, random_units, trace
from tests.engine.hand_networks import Chain, Dense, Depthwise, Residual, SqueezeExcite, Twice, conv_bn

IMAGE = (3, 8, 8)
ALL_PLACES = 10**6


class Plain(nn.Module):
    """No batch norm: groups, dilation, a transposed convolution, circular padding; no bias in front of the sum."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1, padding_mode="circular")
        self.b = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2)
        self.c = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, bias=False)
        self.out = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.c(torch.tanh(self.b(torch.tanh(self.a(x))))))
        logits: Tensor = self.out(x.mean((2, 3)))
        return logits


class PreActivation(nn.Module):
    """Two residual blocks with batch norm before the convolutions; the second shortcut is computed after the branch."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in (6, 5, 6, 5, 6))
        self.convs = nn.ModuleList(nn.Conv2d(*sizes, 3, padding=1, bias=False) for sizes in ((6, 5), (5, 6)) * 2)
        self.out = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = x + self.convs[1](F.relu(self.norms[1](self.convs[0](F.relu(self.norms[0](x))))))
        branch = self.convs[3](F.relu(self.norms[3](self.convs[2](F.relu(self.norms[2](x))))))
        branch += x.mul(0.5)
        logits: Tensor = self.out(F.relu(self.norms[4](branch)).mean((2, 3)))
        return logits


class Bottleneck(nn.Module):
    """A residual block whose branch ends in a batch norm, as in ResNet; the sum is computed in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.a = conv_bn(3, 6), conv_bn(6, 5)
        self.b, self.norm = nn.Conv2d(5, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.out = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.norm(self.b(self.a(x)))
        y += x
        logits: Tensor = self.out(F.relu(y).mean((2, 3)))
        return logits


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "chain": Chain, "residual": Residual, "depthwise": Depthwise, "gate": SqueezeExcite, "dense": Dense,
    "shared": Twice, "no batch norm": Plain, "pre-activation": PreActivation, "bottleneck": Bottleneck,
}  # fmt: skip


def build(name: str) -> nn.Module:
    """A network with seeded weights, in evaluation mode, whose logits differ from image to image."""
    torch.manual_seed(4)
    network = NETWORKS[name]().eval()
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
    return make_noisy_copy(network, noise(IMAGE, 64))


def fit(network: nn.Module, layers: Layers, units: list[int], images: Tensor, **settings: float) -> Reconstruction:
    child = cut(network, layers, units).eval()
    fit_settings = FitSettings(**{"places": ALL_PLACES, **settings})  # type: ignore[arg-type]
    return reconstruct(NetworkCut(network, layers, units, child), images, fit_settings)


def first_free_units(layers: Layers) -> list[int]:
    """The first free unit of each group with at least two free units."""
    first: dict[int, list[int]] = {}
    for unit in layers.units:
        if unit.free:
            first.setdefault(unit.group, []).append(unit.id)
    return [ids[0] for ids in first.values() if len(ids) > 1]


def silence(network: nn.Module, layers: Layers, units: list[int]) -> None:
    """Let all readers of these units multiply them by 0."""
    for reader in layers.readers:
        tensor = layers.tensors[reader.tensor]
        weight = network.get_parameter(tensor.name)
        dim = 0 if tensor.dims[1] != reader.inputs == tensor.dims[0] else 1
        ids = tensor.dims[dim]  # of one group, in a grouped convolution
        if ids is not None:
            is_used = torch.tensor([float(unit not in units) for unit in layers.dim_units[ids]])
            weight.data.mul_(is_used.reshape([-1 if axis == dim else 1 for axis in range(weight.ndim)]))


@pytest.mark.parametrize("name", NETWORKS)
def test_where_nothing_is_cut_all_weights_are_equal_to_the_bit(name: str) -> None:
    network = build(name)
    result = fit(network, trace(network, IMAGE), [], noise(IMAGE, 32))
    assert result.fitted == []
    before = network.state_dict()
    assert all(torch.equal(before[key], value) for key, value in result.network.state_dict().items())


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("places", [5, ALL_PLACES])
def test_cutting_filters_that_nobody_uses_leaves_the_fitted_weights_as_they_are(name: str, places: int) -> None:
    """Every layer behind the cut is fitted here, to outputs that it has already: a wrong place would be seen."""
    network = build(name)
    layers = trace(network, IMAGE)
    units = first_free_units(layers)
    silence(network, layers, units)
    child = cut(network, layers, units).eval()
    images = noise(IMAGE, 64)
    assert torch.allclose(child(images), network(images), atol=1e-5), "the cut itself must change nothing"
    result = fit(network, layers, units, images, places=places)
    assert result.fitted
    assert result.unfitted == {}
    for key, value in child.state_dict().items():
        assert torch.allclose(result.network.state_dict()[key], value, atol=2e-4), key


def duplicate(network: nn.Module, layers: Layers, kept: int, removed: int) -> None:
    """Make the members of unit `removed` compute what those of unit `kept` compute."""
    for tensor in layers.tensors:
        for dim, ids in enumerate(tensor.dims):
            reader_names = [layers.tensors[reader.tensor].name for reader in layers.readers if reader.inputs == ids]
            is_reader = dim == 1 and tensor.name in reader_names
            if ids is None or is_reader or removed not in layers.dim_units[ids]:
                continue
            value = network.state_dict()[tensor.name].movedim(dim, 0)
            for source, place in zip(_positions(layers, ids, kept), _positions(layers, ids, removed), strict=True):
                value[place] = value[source]


def _positions(layers: Layers, ids: int, unit: int) -> list[int]:
    return [position for position, other in enumerate(layers.dim_units[ids]) if other == unit]


@pytest.mark.parametrize("name", ["chain", "dense", "bottleneck", "pre-activation", "depthwise", "gate"])
def test_a_removed_duplicate_is_made_good_by_its_readers(name: str) -> None:
    network = build(name)
    layers = trace(network, IMAGE)
    groups: dict[int, list[int]] = {}
    for unit in layers.units:
        if unit.free:
            groups.setdefault(unit.group, []).append(unit.id)
    pairs = [ids[:2] for ids in groups.values() if len(ids) > 1]
    for kept, removed in pairs:
        duplicate(network, layers, kept, removed)
    images = noise(IMAGE, 256)
    units = [removed for _, removed in pairs]
    result = fit(network, layers, units, images, ridge=1e-8)
    wrong = (cut(network, layers, units).eval()(images) - network(images)).abs().max()
    assert wrong > 1e-2, "the cut itself must be seen"
    assert (result.network(images) - network(images)).abs().max() < 1e-4
    assert result.unfitted == {}


def slow_fit(parent: nn.Module, child: nn.Module, names: list[str], kept: dict[str, list[int]], images: Tensor) -> None:
    """Fit the named plain 3×3 convolutions and linear layers of `child`, in place, with two fresh passes for each.

    Written without the engine: `unfold`, one design matrix, `lstsq` on a penalised system in float64.
    """
    for name in names:
        seen: dict[str, Tensor] = {}
        layer, norm = child.get_submodule(name), _norm_behind(child, name)
        parent_hook = parent.get_submodule(name).register_forward_hook(lambda _, __, out: seen.update(y=out.clone()))  # noqa: B023
        child_hook = layer.register_forward_hook(lambda _, args, __: seen.update(x=args[0].clone()))  # noqa: B023
        parent(images)
        child(images)
        parent_hook.remove()
        child_hook.remove()
        weight = layer.get_parameter("weight")
        if isinstance(layer, nn.Conv2d):
            x = F.unfold(seen["x"], 3, padding=1).transpose(1, 2).flatten(0, 1)
            y = seen["y"].flatten(2).transpose(1, 2).flatten(0, 1)
        else:
            x, y = seen["x"], seen["y"]
        y = y[:, kept.get(name, list(range(y.shape[1])))].double()
        x, flat = x.double(), weight.detach().flatten(1).double()
        penalty = (0.01 * (x - x.mean(0)).square().sum(0).mean()).sqrt() * torch.eye(x.shape[1], dtype=torch.float64)
        zeros = torch.zeros(x.shape[1], 1, dtype=torch.float64)
        ones = torch.ones(len(x), 1, dtype=torch.float64)
        design = torch.cat([torch.cat([x, ones], 1), torch.cat([penalty, zeros], 1)])
        solution = torch.linalg.lstsq(design, torch.cat([y, penalty @ flat.T])).solution
        weight.data.copy_(solution[:-1].T.reshape(weight.shape))
        if norm is None:
            layer.get_parameter("bias").data.copy_(solution[-1])
        else:
            norm.get_buffer("running_mean").sub_(solution[-1])


def _norm_behind(network: nn.Module, name: str) -> nn.Module | None:
    return network.get_submodule(f"{name[:-2]}.1") if name.endswith(".0") else None


def test_a_chain_equals_a_slow_reference_with_fresh_passes_for_each_layer() -> None:
    parent = build("chain")
    layers = trace(parent, IMAGE)
    units = first_free_units(layers)
    images = noise(IMAGE, 128)
    slow = cut(parent, layers, units).eval()
    kept = {layer.name: [i for i, number in enumerate(layer.numbers) if number != 0] for layer in layers.layers[:-1]}
    with torch.no_grad():
        slow_fit(parent, slow, ["b.0", "f", "out"], kept, images)
    result = fit(parent, layers, units, images)
    assert result.fitted == ["b.0", "f", "out"]
    for key, value in slow.state_dict().items():
        assert torch.allclose(result.network.state_dict()[key], value, atol=1e-4), key


def error_of_the_sum(parent: nn.Module, child: nn.Module, images: Tensor, kept: list[int]) -> Tensor:
    """Mean squared distance of what the output layer of a `Bottleneck` reads, before its ReLU."""
    sums = []
    for network in (parent, child):
        stem = network.get_submodule("stem")(images)
        branch = network.get_submodule("norm")(network.get_submodule("b")(network.get_submodule("a")(stem)))
        sums.append(stem + branch)
    error: Tensor = (sums[0][:, kept] - sums[1]).square().mean()
    return error


def test_the_branch_of_a_residual_stream_is_fitted_to_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortcut is made to differ from the parent's, so that only the branch can make up for it."""
    parent = build("bottleneck")
    layers = trace(parent, IMAGE)
    units = [layers.units[0].id]
    child = cut(parent, layers, units).eval()
    with torch.no_grad():
        child.get_parameter("stem.1.bias").add_(0.3)
    kept = [number for number in layers.layers[0].numbers if number != layers.units[0].members[0][1]]
    images = noise(IMAGE, 64)
    with torch.no_grad():
        compensated = reconstruct(NetworkCut(parent, layers, units, child), images, FitSettings(ALL_PLACES))
        monkeypatch.setattr(targets, "ADDITION_FUNCTIONS", set())
        plain = reconstruct(NetworkCut(parent, layers, units, child), images, FitSettings(ALL_PLACES))
        errors = [error_of_the_sum(parent, result.network, images, kept) for result in (compensated, plain)]
    assert errors[0] < 0.8 * errors[1]


def test_constants_go_into_the_bias_or_the_norm_that_alone_reads_the_output() -> None:
    network = build("dense")
    layers = trace(network, IMAGE)
    result = fit(network, layers, first_free_units(layers), noise(IMAGE, 64))
    child = cut(network, layers, first_free_units(layers))
    assert not torch.allclose(result.network.get_parameter("l1.bias"), child.get_parameter("l1.bias"), atol=1e-4)
    assert torch.equal(result.network.get_buffer("n2.running_mean"), child.get_buffer("n2.running_mean"))
    chain = build("chain")
    layers = trace(chain, IMAGE)
    result = fit(chain, layers, first_free_units(layers), noise(IMAGE, 64))
    child = cut(chain, layers, first_free_units(layers))
    assert not torch.allclose(result.network.get_buffer("b.1.running_mean"), child.get_buffer("b.1.running_mean"))
    assert torch.equal(result.network.get_buffer("b.1.running_var"), child.get_buffer("b.1.running_var"))


@pytest.mark.parametrize("name", NETWORKS)
def test_errors_of_the_logits_shrink_and_inputs_stay_unchanged(name: str) -> None:
    network = build(name)
    layers = trace(network, IMAGE)
    units = random_units(layers, 1, 0.4)
    child = cut(network, layers, units).eval()
    states = [copy.deepcopy(other.state_dict()) for other in (network, child)]
    images = noise(IMAGE, 256)
    result = reconstruct(NetworkCut(network, layers, units, child), images)
    again = reconstruct(NetworkCut(network, layers, units, child), images)
    for state, other in zip(states, (network, child), strict=True):
        assert all(torch.equal(state[key], value) for key, value in other.state_dict().items())
    equal = [torch.equal(value, again.network.state_dict()[key]) for key, value in result.network.state_dict().items()]
    assert all(equal), "the same images and seed must give the same weights"
    assert not result.network.training
    errors = [(other(images) - network(images)).square().mean() for other in (result.network, child)]
    assert errors[0] < 0.7 * errors[1]


def test_depthwise_layers_stay_as_cut_and_are_not_counted() -> None:
    network = build("depthwise")
    layers = trace(network, IMAGE)
    units = first_free_units(layers)
    result = fit(network, layers, units, noise(IMAGE, 64))
    child = cut(network, layers, units)
    assert torch.equal(result.network.get_parameter("dw.0.weight"), child.get_parameter("dw.0.weight"))
    assert result.fitted == ["p", "out"]
    assert result.unfitted == {}


def test_a_layer_whose_weight_is_computed_is_named_with_the_reason() -> None:
    torch.manual_seed(2)
    computed = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 1))
    network = nn.Sequential(conv_bn(3, 5), nn.Conv2d(5, 4, 1), nn.ReLU(), computed, nn.Flatten(), nn.Linear(256, 3))
    network.eval()
    layers = trace(network, IMAGE)
    result = fit(network, layers, [layers.units[0].id], noise(IMAGE, 64))
    assert result.fitted == ["1", "5"]
    assert result.unfitted == {"3": "its weight is computed in the forward pass"}


def test_a_layer_with_values_that_are_not_finite_stays_as_cut() -> None:
    network = build("no batch norm")
    with torch.no_grad():
        network.get_parameter("b.bias")[0] = float("inf")
    layers = trace(network, IMAGE)
    units = [unit.id for unit in layers.units if unit.free][:1]
    result = fit(network, layers, units, noise(IMAGE, 32))
    assert "not finite" in result.unfitted["b"]


def test_a_shared_weight_is_fitted_once_on_the_rows_of_all_calls() -> None:
    network = build("shared")
    layers = trace(network, IMAGE)
    units = first_free_units(layers)
    fits: list[int] = []
    original = layer_fit.LayerFit.solve

    def count(self: layer_fit.LayerFit, ridge: float, has_constant: bool) -> Tensor:
        fits.append(id(self))
        return original(self, ridge, has_constant)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer_fit.LayerFit, "solve", count)
        result = fit(network, layers, units, noise(IMAGE, 64))
    assert result.fitted == ["s", "mix", "out"]
    assert len(fits) == 3, "s once in the first pass, mix and out in the second"


def test_progress_grows_and_can_cancel() -> None:
    network = build("shared")
    layers = trace(network, IMAGE)
    units = first_free_units(layers)
    task = NetworkCut(network, layers, units, cut(network, layers, units))
    seen: list[float] = []
    reconstruct(task, noise(IMAGE, 8), progress=lambda done, _: seen.append(done))
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= 1

    def cancel(done: float, _: str) -> None:
        if done > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        reconstruct(task, noise(IMAGE, 8), progress=cancel)


def test_the_dual_form_is_used_where_a_layer_reads_more_than_it_has_rows_for() -> None:
    network = build("chain")
    layers = trace(network, IMAGE)
    units = first_free_units(layers)
    images = noise(IMAGE, 12)
    task = NetworkCut(network, layers, units, cut(network, layers, units).eval())
    dual = reconstruct(task, images)  # f reads 16 values and has 12 rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer_fit, "pick_solver", lambda rows, width: GramFit())
        gram = reconstruct(task, images)
    for key, value in gram.network.state_dict().items():
        assert torch.allclose(dual.network.state_dict()[key], value, atol=1e-5), key
