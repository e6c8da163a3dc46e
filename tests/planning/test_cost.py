"""Costs computed by hand, and the real size of safetensors files."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnnpruner.errors import InvalidInput
from cnnpruner.planning.cost import CostTable
from tests.engine.cuts import trace
from tests.zoo.layers import conv


def test_cost_of_a_chain_equals_the_cost_by_hand() -> None:
    network = nn.Sequential(conv(3, 4), nn.BatchNorm2d(4), conv(4, 6), nn.Flatten(), nn.Linear(6 * 4, 10))
    layers = trace(network, (3, 2, 2))
    cost = CostTable(layers).cost([])
    assert cost.filters == 10
    assert cost.parameters == 4 * 27 + 8 + 6 * 36 + 250
    assert cost.macs == 4 * (4 * 27 + 6 * 36) + 240
    cost = CostTable(layers).cost([0, 4, 5])  # one filter of the first, two of the second
    assert cost.filters == 7
    assert cost.parameters == 3 * 27 + 6 + 4 * 27 + 170
    assert cost.macs == 4 * (3 * 27 + 4 * 27) + 160


DTYPES = {
    "flag": torch.bool,
    "byte": torch.uint8,
    "i8": torch.int8,
    "i16": torch.int16,
    "half": torch.float16,
    "brain": torch.bfloat16,
    "i32": torch.int32,
    "single": torch.float32,
    "double": torch.float64,
    "long": torch.int64,
}


@pytest.mark.parametrize("extra", range(9))
def test_size_equals_that_of_the_file_for_all_dtypes_and_paddings(extra: int, tmp_path: Path) -> None:
    network = nn.Sequential(conv(3, 4), nn.Flatten(), nn.Linear(16, 10))
    for length, (name, dtype) in enumerate(DTYPES.items()):
        network.register_buffer(f"a_{name}{'x' * extra}", torch.ones(length * 97, 1, dtype=dtype))
    network.register_buffer("Ünïcöde", torch.tensor(1))
    network.register_buffer("A", torch.zeros(0))
    save_file(network.state_dict(), tmp_path / "file")
    layers = trace(network, (3, 2, 2))
    assert CostTable(layers).cost([]).size_bytes == (tmp_path / "file").stat().st_size


def test_tied_weights_count_once_as_parameters_and_twice_in_the_file(tmp_path: Path) -> None:
    shared = conv(4, 4)
    network = nn.Sequential(conv(3, 4), shared, nn.ReLU(), shared, nn.Flatten(), nn.Linear(16, 10))
    layers = trace(network, (3, 2, 2))
    cost = CostTable(layers).cost([])
    assert cost.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert cost.macs == 4 * (4 * 27 + 2 * 4 * 36) + 160
    save_file({name: value.clone() for name, value in network.state_dict().items()}, tmp_path / "file")
    assert cost.size_bytes == (tmp_path / "file").stat().st_size


def test_unknown_unit_is_refused_by_number() -> None:
    layers = trace(nn.Sequential(conv(3, 4), nn.Flatten(), nn.Linear(16, 10)), (3, 2, 2))
    with pytest.raises(InvalidInput, match="Unit 99 is not in this network"):
        CostTable(layers).cost([99])
