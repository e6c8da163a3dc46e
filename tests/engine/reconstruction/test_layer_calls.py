"""Reading a layer's inputs at sampled places, for all kinds of layers."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnpruner.engine.reconstruction.layer_calls import (
    LayerCall,
    count_output_positions,
    gather_outputs,
    parse_call,
    sample_output_positions,
)
from cnnpruner.engine.reconstruction.least_squares import DualFit, GramFit, max_rows, pick_solver

LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "plain": (lambda: nn.Conv2d(4, 6, 3), (5, 4, 9, 8)),
    "stride and padding": (lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 3), padding=(1, 2)), (5, 4, 9, 8)),
    "dilation": (lambda: nn.Conv2d(4, 6, 3, dilation=(2, 1), padding=2), (5, 4, 9, 8)),
    "groups": (lambda: nn.Conv2d(4, 6, 3, groups=2, padding=1), (5, 4, 9, 8)),
    "same": (lambda: nn.Conv2d(4, 6, (4, 3), dilation=(2, 1), padding="same"), (5, 4, 9, 8)),
    "valid": (lambda: nn.Conv2d(4, 6, 3, padding="valid"), (5, 4, 9, 8)),
    "circular": (lambda: nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular"), (5, 4, 9, 8)),
    "one dimension": (lambda: nn.Conv1d(4, 6, 3, padding=1), (5, 4, 9)),
    "three dimensions": (lambda: nn.Conv3d(4, 6, 2, stride=2), (5, 4, 5, 6, 4)),
    "transposed": (lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1), (5, 4, 5, 4)),
    "transposed, cropped": (lambda: nn.ConvTranspose2d(4, 6, 2, padding=2), (5, 4, 6, 5)),
    "transposed groups": (lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, dilation=2, groups=2), (5, 4, 5, 4)),
    "vectors": (lambda: nn.Linear(7, 3), (5, 7)),
    "sequences": (lambda: nn.Linear(7, 3), (5, 9, 7)),
}


class _Watch(TorchFunctionMode):
    """Remembers the last call of a layer, and its output."""

    call: LayerCall
    out: Tensor

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "").startswith(("conv", "linear")):
            self.call, self.out = parse_call(func, args, kwargs or {}), out
        return out


def watch(layer: nn.Module, x: Tensor) -> _Watch:
    seen = _Watch()
    with torch.no_grad(), seen:
        layer(x)
    return seen


def linear_outputs(call: LayerCall, places: Tensor) -> Tensor:
    """The layer's outputs [M, F] as a matrix product of what it reads."""
    rows = torch.cat([x for _, x in call.input_blocks(places)], 1)
    products = (rows @ call.weight_matrix()).transpose(0, 1).flatten(1)
    return products if call.bias is None else products + call.bias


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("count", [1, 23, 10**6])
def test_inputs_times_weight_are_the_outputs_at_the_same_places(name: str, count: int) -> None:
    torch.manual_seed(1)
    build, shape = LAYERS[name]
    seen = watch(build(), torch.randn(shape))
    position_count = count_output_positions(seen.out, seen.call.is_linear)
    places = sample_output_positions(position_count, count, 3, 0)
    assert len(places) == min(position_count, count)
    expected = gather_outputs(seen.out, seen.call.is_linear, places)
    assert torch.allclose(linear_outputs(seen.call, places), expected, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_a_written_weight_is_read_back(name: str) -> None:
    build, shape = LAYERS[name]
    call = watch(build(), torch.randn(shape)).call
    matrix = torch.randn_like(call.weight_matrix())
    with torch.no_grad():
        call.write_weight(matrix)
    assert torch.equal(call.weight_matrix(), matrix)


def test_places_cover_all_images_and_depend_on_seed_and_call_alone() -> None:
    places = sample_output_positions(100 * 64, 100 * 8, 5, 2)
    assert torch.equal(places, sample_output_positions(100 * 64, 100 * 8, 5, 2))
    assert not torch.equal(places, sample_output_positions(100 * 64, 100 * 8, 5, 3))
    assert torch.bincount(places // 64).tolist() == [8] * 100
    assert (places.diff() > 0).all()


@pytest.mark.parametrize("has_constant", [True, False])
def test_both_forms_minimise_the_same_error(has_constant: bool) -> None:
    """Against the normal equations of the problem with a column of ones, solved by numpy's least squares."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 30, 7, generator=generator).float().double() + 1
    residuals = torch.randn(2, 30, 3, generator=generator).double()
    gram, dual = GramFit(), DualFit()
    for fit in (gram, dual):
        fit.add(x[:, :11], residuals[:, :11])
        fit.add(x[:, 11:], residuals[:, 11:])
    for group in range(2):
        rows, ones = x[group], torch.ones(30, 1, dtype=torch.float64)
        centred = rows - rows.mean(0) if has_constant else rows
        penalty = torch.eye(7, dtype=torch.float64) * (0.1 * (centred**2).sum() / 7).sqrt()
        design = torch.cat([torch.cat([rows, ones], 1), torch.cat([penalty, torch.zeros(7, 1)], 1)])
        design = design if has_constant else design[:, :7]
        target = torch.cat([residuals[group], torch.zeros(7, 3, dtype=torch.float64)])
        expected = torch.linalg.lstsq(design, target).solution
        for fit in (gram, dual):
            change = fit.solve(0.1, has_constant)
            assert torch.allclose(change.weight[group], expected[:7], atol=1e-6)
            constant = expected[7] if has_constant else torch.zeros(3, dtype=torch.float64)
            assert torch.allclose(change.offset[group], constant, atol=1e-6)


def test_wide_layers_are_solved_from_a_bounded_number_of_rows() -> None:
    assert isinstance(pick_solver(10_000, 576), GramFit)
    assert isinstance(pick_solver(512, 25_088), DualFit)
    assert isinstance(pick_solver(50_000, 25_088), DualFit)
    assert max_rows(576) is None
    assert max_rows(25_088) == 4096
