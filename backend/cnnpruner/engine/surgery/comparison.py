"""Compares a cut network with the uncut network in which the removed units read as zero. Every cut is tested in this
way.
"""

import copy
import math
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.surgery.masks import zero_where_read
from cnnpruner.engine.surgery.surgery import cut

TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-8}
"""Largest difference of logits that counts as equal, as a share of the largest logit, by precision."""

MIN_SPREAD = 1e-4
"""Smallest spread of the logits over images, as a share of the largest logit, at which a wrong cut would be noticed."""

SPREAD_PER_DIFFERENCE = 100
"""The spread must be at least this many times the difference."""

ROUNDING = 1e-5
"""Difference in float32, as a share of the largest logit, above which the comparison is repeated in float64. Correct
cuts of 77 networks differed by at most 6e-6.
"""

LEAK = 0.1
"""Slope of rectifiers for negative inputs during a comparison."""

Result = Literal["equal", "differs", "unproved"]


@dataclass(frozen=True)
class Comparison:
    """Logits of a cut network compared with the expected ones, over several images."""

    difference: float
    """max |Δlogit|."""
    scale: float
    """max |expected logit|."""
    spread: float
    """Largest range of an expected logit over the images."""
    tolerance: float = TOLERANCE[torch.float32]

    @property
    def result(self) -> Result:
        """*equal* if the difference is small against the largest logit and against the spread. *unproved* if the
        expected logits hardly depend on the image, so that a wrong cut might not show either.
        """
        if self.difference > self.tolerance * self.scale or math.isnan(self.difference) > math.isnan(self.scale):
            return "differs"
        is_conclusive = self.spread >= max(SPREAD_PER_DIFFERENCE * self.difference, MIN_SPREAD * self.scale)
        return "equal" if is_conclusive and self.spread > 0 else "unproved"


def compare_cut(network: nn.Module, layers: Layers, units: Collection[int], images: Tensor) -> Comparison:
    """Cut these units (ids) and compare. `network` is a live copy; images: [N, C, H, W], N ≥ 2.

    Raises whatever the cut network raises, and ShapeChanged if its output has another shape.
    """
    comparison = _compare(network, layers, units, images)
    if comparison.difference > ROUNDING * comparison.scale and images.dtype is torch.float32:
        with suppress(RuntimeError, TypeError):  # a network may have constants in float32
            return _compare(copy.deepcopy(network).double(), layers, units, images.double())
    return comparison


class ShapeChanged(Exception):
    """The output of a cut network has another shape; the message names both."""


@torch.no_grad()
def _compare(network: nn.Module, layers: Layers, units: Collection[int], images: Tensor) -> Comparison:
    with _leaky_rectifiers():
        output: Tensor = cut(network, layers, units).eval()(images)
        with zero_where_read(network, layers, units):
            expected: Tensor = network(images)
    if output.shape != expected.shape:
        raise ShapeChanged(f"from {list(expected.shape)} to {list(output.shape)}")
    spread = expected.amax(dim=0) - expected.amin(dim=0)  # [K]
    return Comparison(
        difference=float((output - expected).abs().max()),
        scale=float(expected.abs().max()),
        spread=float(spread.max()),
        tolerance=TOLERANCE.get(images.dtype, TOLERANCE[torch.float32]),
    )


class _leaky_rectifiers(TorchFunctionMode):
    """Inside the `with` block, rectifiers are leaky. Otherwise a signal may die in them and hide a wrong cut."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run leaky ReLU in place of ReLU and ReLU6, with the same argument `inplace`."""
        kwargs = kwargs or {}
        if func not in _RECTIFIERS:
            return func(*args, **kwargs)
        inplace = func in _IN_PLACE or bool(kwargs.get("inplace", args[1] if len(args) > 1 else False))
        return F.leaky_relu(args[0] if args else kwargs["input"], LEAK, inplace=inplace)


_IN_PLACE = {torch.relu_, Tensor.relu_, F.relu_}
_RECTIFIERS = {F.relu, torch.relu, Tensor.relu, F.relu6, *_IN_PLACE}
