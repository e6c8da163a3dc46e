"""MACs counted by operation equal those worked out by hand, also where torch's own counter has no formula."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import deform_conv2d

from cnnpruner.engine.tracing.mac_counter import MacCounter


def count(function: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[int, list[str]]:
    with torch.no_grad(), MacCounter() as counter:
        function(*arguments, **options)
    return counter.macs, counter.uncounted


def zeros(*shape: int) -> Tensor:
    return torch.zeros(shape)


CASES: dict[str, tuple[int, Callable[[], tuple[int, list[str]]]]] = {
    "matrix product": (2 * 3 * 4 * 5, lambda: count(torch.matmul, zeros(2, 3, 4), zeros(2, 4, 5))),
    "broadcast product": (6 * 3 * 4 * 5, lambda: count(torch.matmul, zeros(6, 3, 4), zeros(4, 5))),
    "matrix and vector": (3 * 4, lambda: count(torch.mv, zeros(3, 4), zeros(4))),
    "dot product": (7, lambda: count(torch.dot, zeros(7), zeros(7))),
    "einsum of three": (
        2 * 3 * 4 * 5 + 2 * 3 * 5 * 6,
        lambda: count(torch.einsum, "bij,bjk,bkl->bil", zeros(2, 3, 4), zeros(2, 4, 5), zeros(2, 5, 6)),
    ),
    "transposed convolution": (
        10 * 9 * 9 * 6 * 16,  # every input position meets 6 filters of 4x4
        lambda: count(nn.ConvTranspose2d(10, 6, 4, 2), zeros(1, 10, 9, 9)),
    ),
    "depthwise convolution": (8 * 5 * 5 * 9, lambda: count(nn.Conv2d(8, 8, 3, groups=8), zeros(1, 8, 7, 7))),
    "deformable convolution": (
        6 * 8 * 8 * 3 * 9,
        lambda: count(deform_conv2d, zeros(1, 3, 8, 8), zeros(1, 18, 8, 8), zeros(6, 3, 3, 3), padding=1),
    ),
    "attention": (
        2 * (5 * 7 * 8 + 5 * 7 * 6),  # queries with keys, then weights with values, in each of two heads
        lambda: count(F.scaled_dot_product_attention, zeros(1, 2, 5, 8), zeros(1, 2, 7, 8), zeros(1, 2, 7, 6)),
    ),
    "attention of a module": (
        5 * (3 * 8 * 8 + 8 * 8 + 2 * 5 * 8),
        lambda: count(nn.MultiheadAttention(8, 2, batch_first=True).eval(), *[zeros(1, 5, 8)] * 3),
    ),
    "LSTM of two layers and directions": (
        6 * 2 * (4 * 7 * 5 + 4 * 7 * 7) + 6 * 2 * (4 * 7 * 14 + 4 * 7 * 7),
        lambda: count(nn.LSTM(5, 7, 2, bidirectional=True), zeros(6, 1, 5)),
    ),
    "GRU of two layers": (
        6 * (3 * 7 * 5 + 3 * 7 * 7) + 6 * (3 * 7 * 7 + 3 * 7 * 7),
        lambda: count(nn.GRU(5, 7, 2), zeros(6, 1, 5)),
    ),
    "LSTM cell": (4 * 7 * 5 + 4 * 7 * 7, lambda: count(nn.LSTMCell(5, 7), zeros(1, 5))),
    "elementwise operations": (0, lambda: count(lambda x: F.relu(x * x + x).sum(), zeros(3, 4))),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_counts_by_hand(case: str) -> None:
    expected, run = CASES[case]
    assert run() == (expected, [])


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_scripted_modules_are_counted() -> None:
    scripted = torch.jit.script(nn.Conv2d(3, 4, 3))
    assert count(scripted, zeros(1, 3, 7, 7)) == (4 * 5 * 5 * 27, [])


def test_multiplications_without_a_formula_are_named() -> None:
    assert count(torch.fft.rfft2, zeros(1, 3, 8, 8)) == (0, ["_fft_r2c"])
    assert count(torch.cdist, zeros(3, 4), zeros(5, 4)) == (0, ["_cdist_forward"])
    assert count(nn.Bilinear(4, 5, 6), zeros(1, 4), zeros(1, 5)) == (0, ["_trilinear"])


def test_an_operation_of_a_library_is_named() -> None:
    with torch.library._scoped_library("cnnpruner_test", "DEF") as library:
        library.define("twice(Tensor x) -> Tensor")
        library.impl("twice", lambda x: 2 * x, "CompositeExplicitAutograd")
        assert count(torch.ops.cnnpruner_test.twice, zeros(3)) == (0, ["cnnpruner_test::twice"])
