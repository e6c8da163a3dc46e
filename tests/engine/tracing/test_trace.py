"""The findings of a trace: units, frozen channels and reasons, layers, groups, readers, MACs."""

import copy
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from cnnpruner.domain.plans.layers import Layers, Unit
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks import thin_resnet
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import UnusableNetwork
from cnnpruner.planning.structure import count_filters, count_free_filters
from tests.engine.cuts import trace
from tests.zoo import IMAGE, ZOO, make
from tests.zoo.layers import conv


def members(layers: Layers, unit: Unit) -> list[tuple[str, int]]:
    return [(layers.layers[layer].name, number) for layer, number in unit.members]


def units_of(layers: Layers, name: str) -> list[Unit]:
    index = next(layer.index for layer in layers.layers if layer.name == name)
    return [unit for unit in layers.units if any(layer == index for layer, _ in unit.members)]


def reasons_of(layers: Layers, name: str) -> set[str | None]:
    return {unit.reason for unit in units_of(layers, name)}


def test_a_chain_has_one_unit_per_filter() -> None:
    layers = trace(make("vgg"), IMAGE)
    assert [(layer.name, layer.kind, layer.filters) for layer in layers.layers] == [
        ("features.0.0", "conv", 8),
        ("features.2.0", "conv", 12),
        ("classifier.0", "linear", 20),
        ("classifier.3", "linear", 10),
    ]
    assert [unit.members for unit in layers.units] == [
        [(index, number)] for index, layer in enumerate(layers.layers) for number in range(layer.filters)
    ]
    assert [unit.id for unit in layers.units] == list(range(50))
    assert [group.name for group in layers.groups] == [layer.name for layer in layers.layers]


def test_classes_are_frozen_with_that_reason() -> None:
    layers = trace(make("vgg"), IMAGE)
    assert [layer.name for layer in layers.layers if layer.output] == ["classifier.3"]
    assert reasons_of(layers, "classifier.3") == {"its outputs are the 10 classes"}
    assert count_filters(layers) == count_free_filters(layers) == 40
    log_softmax = trace(make("log_softmax"), IMAGE)
    assert reasons_of(log_softmax, "classifier.3") == {"its outputs are the 10 classes"}
    assert count_free_filters(log_softmax) == 40


def test_a_reader_of_a_flattened_map_reads_every_unit_at_all_positions() -> None:
    layers = trace(make("vgg"), IMAGE)
    reader = next(r for r in layers.readers if layers.tensors[r.tensor].name == "classifier.0.weight")
    assert layers.dim_units[reader.inputs] == [8 + channel for channel in range(12) for _ in range(16)]
    image = next(r for r in layers.readers if layers.tensors[r.tensor].name == "features.0.0.weight")
    assert layers.dim_units[image.inputs] == [-1, -1, -1]


def test_tensors_equal_the_state_dict() -> None:
    network = make("unused_head")
    layers = trace(network, IMAGE)
    state = network.state_dict()
    assert [tensor.name for tensor in layers.tensors] == list(state)
    assert [tensor.shape for tensor in layers.tensors] == [list(value.shape) for value in state.values()]
    parameters = dict(network.named_parameters())
    assert {tensor.name for tensor in layers.tensors if tensor.parameter} == set(parameters)
    for tensor in layers.tensors:
        for length, dim in zip(tensor.shape, tensor.dims, strict=True):
            assert dim is None or len(layers.dim_units[dim]) == length


def test_shortcut_a_leaves_passed_channels_free_and_freezes_padded_ones() -> None:
    source = NetworkSource(name="resnet20", options={"shortcut": "A"})
    layers = trace(build_network(source, 10, 3, 32, seed=0), (3, 32, 32))
    free = [unit for unit in layers.units if unit.free]
    assert (count_filters(layers), count_free_filters(layers), len(free)) == (688, 496, 352)
    assert Counter(len(unit.members) for unit in free)[10] == 16
    passed = next(unit for unit in free if len(unit.members) == 10)
    assert ("conv1", 0) in members(layers, passed)
    assert ("layer2.0.conv2", 8) in members(layers, passed)
    assert ("layer3.2.conv2", 24) in members(layers, passed)
    padded = {unit.reason for unit in units_of(layers, "layer3.0.conv2") if not unit.free}
    lines = Path(str(thin_resnet.__file__)).read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "+ self.shortcut(" in text)
    assert padded == {
        f"the channels are combined with a constant (add at cnnpruner/engine/networks/thin_resnet.py:{line})"
    }


def test_reasons_of_frozen_channels_name_the_line_of_the_network() -> None:
    split = trace(make("split"), IMAGE)
    [reason] = reasons_of(split, "a")
    assert reason is not None
    assert reason.startswith("the channels are split at fixed indices (split at ")
    file, _, line = reason.rpartition(" ")[2].removesuffix(")").partition(":")
    source = (Path(__file__).parents[2] / "zoo" / "oddities.py").read_text().splitlines()
    assert file == "tests/zoo/oddities.py"
    assert "torch.split" in source[int(line) - 1]


def test_operation_without_a_rule_freezes_its_inputs() -> None:
    layers = trace(make("attention"), IMAGE)
    assert all("matmul" in (reason or "") for reason in reasons_of(layers, "b"))
    assert reasons_of(layers, "a") == {None}
    assert reasons_of(layers, "c") == {None}


@pytest.mark.parametrize(
    ("name", "layer", "filters"),
    [
        ("chunk", "a", {("a", 3), ("a", 11)}),
        ("chunk", "b", {("b", 3)}),
        ("depthwise", "depth.0", {("wide.0", 3), ("depth.0", 3)}),
        ("depthwise", "twice.0", {("stem.0", 3), ("narrow.0", 3), ("twice.0", 6), ("twice.0", 7)}),
        ("squeeze_excite", "a.0", {("a.0", 3), ("up", 3)}),
        ("reused", "a", {("a", 3), ("s", 3)}),
        ("group_norm", "a", {("a", 3), ("a", 7), ("a", 11), ("a", 15)}),
        ("gate", "a", {("a", 3)}),
        ("concat", "left.0", {("left.0", 3)}),
        ("layer_scale", "a", {("a", 3), ("depth", 3), ("narrow", 3)}),
    ],
)
def test_coupled_filters_equal_those_by_hand(name: str, layer: str, filters: set[tuple[str, int]]) -> None:
    layers = trace(make(name), IMAGE)
    member = max(member for member in filters if member[0] == layer)
    unit = next(unit for unit in layers.units if member in members(layers, unit))
    assert set(members(layers, unit)) == filters
    assert unit.free


def test_a_map_applied_to_all_channels_is_frozen() -> None:
    layers = trace(make("gate"), IMAGE)
    [reason] = reasons_of(layers, "map")
    assert reason is not None
    assert reason.startswith("its single channel is applied to all channels of another tensor (mul at ")


def test_a_head_that_does_not_run_is_not_a_layer() -> None:
    layers = trace(make("unused_head"), IMAGE)
    assert [layer.name for layer in layers.layers] == ["a", "b", "fc"]
    assert layers.notes == ["Parameters that are not used in evaluation mode and are therefore never cut: aux."]


def test_parameters_without_gradient_and_training_mode_do_not_matter_and_are_not_changed() -> None:
    network = make("resnet_a").train()
    network.get_submodule("stem").eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    before = copy.deepcopy(network.state_dict())
    assert trace(network, IMAGE) == trace(make("resnet_a"), IMAGE)
    assert network.training
    assert not network.get_submodule("stem").training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_architecture_is_in_forward_order() -> None:
    layers = trace(make("concat"), IMAGE)
    assert [(op.kind, op.name, op.height) for op in layers.architecture] == [
        ("layer", "stem.0", 16),
        ("layer", "left.0", 16),
        ("layer", "right.0", 16),
        ("concat", "cat", 16),
        ("layer", "dense", 16),
        ("concat", "cat", 16),
        ("pool", "mean", 1),
        ("layer", "fc", 1),
    ]
    kinds = Counter(op.kind for op in trace(make("resnet_a"), IMAGE).architecture)
    assert kinds == {"layer": 8, "add": 3, "pool": 1}


@pytest.mark.parametrize("name", sorted(set(ZOO) - {"attention"}))
def test_macs_equal_the_count_of_torch(name: str) -> None:
    network = make(name)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, *IMAGE))
    assert 2 * sum(layer.macs for layer in trace(network, IMAGE).layers) == counter.get_total_flops()


def test_macs_do_not_depend_on_the_number_of_images() -> None:
    network = make("shuffle")
    assert trace_layers(network, torch.zeros(2, *IMAGE)) == trace(network, IMAGE)


class WrongOutput(nn.Module):
    """Returns the output of a function of its activation."""

    def __init__(self, output: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.a, self.output = conv(3, 10), output

    def forward(self, x: Tensor) -> object:
        return self.output(self.a(x))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Sequential(conv(1, 4)), r"cannot run on a 3×16×16 image: .*Choose an image size"),
        (WrongOutput(lambda x: x.view(7, 7)), r"cannot run on a 3×16×16 image at .*test_trace.py:\d+"),
        (WrongOutput(lambda x: x), r"returns \[1, 10, 16, 16\]; a classifier must return"),
        (WrongOutput(lambda x: {"out": x}), "returns dict; a classifier must return"),
        (nn.Flatten(), "contains no convolution or fully connected layer"),
    ],
)
def test_network_that_cannot_be_used_is_refused_with_the_reason(network: nn.Module, message: str) -> None:
    with pytest.raises(UnusableNetwork, match=message):
        trace(network, IMAGE)
