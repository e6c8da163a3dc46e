"""One call of a convolution or linear layer, seen as a matrix product: which input values each output position depends
on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnpruner.engine.training.batches import seeded_generator

TRANSPOSED_CONVOLUTIONS = {F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d}
LAYER_FUNCTIONS = {F.linear, F.conv1d, F.conv2d, F.conv3d, *TRANSPOSED_CONVOLUTIONS}

_CONVOLUTION_ARGUMENTS = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED_ARGUMENTS = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_ARGUMENT_DEFAULTS = {"bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0}

MAX_BLOCK_ELEMENTS = 2**22
"""Maximum number of input values gathered at a time; they take 32 MiB in float64."""


@dataclass(frozen=True)
class ConvolutionGeometry:
    """How a convolution with n spatial dimensions reads its input.

    A transposed convolution is described as the equivalent plain convolution with stride 1 and a flipped kernel. Its
    input is spread out: neighbouring values are `spread` positions apart, with zeros between them.
    """

    spread: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    """Number of zeros before and after each spatial dimension; negative where the input is cropped."""
    dilation: tuple[int, ...]


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer. At each output position, each of the G `groups` maps D inputs to F / G outputs."""

    func: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    x: Tensor
    """Input: [.., C] for a linear layer, [N, C, ..] for a convolution."""
    weight: Tensor
    bias: Tensor | None
    groups: int
    geometry: ConvolutionGeometry
    """For a linear layer, the geometry has no spatial dimensions."""

    @property
    def is_linear(self) -> bool:
        """Whether the layer is fully connected."""
        return self.func is F.linear

    @property
    def is_transposed(self) -> bool:
        """Whether the layer is a transposed convolution."""
        return self.func in TRANSPOSED_CONVOLUTIONS

    @property
    def width(self) -> int:
        """D: number of input values that each output value depends on."""
        outputs = self.weight.shape[1] if self.is_transposed else len(self.weight) // self.groups
        return self.weight.numel() // (outputs * self.groups)

    def run(self) -> Tensor:
        """Run the call again, with the current weights."""
        result: Tensor = self.func(*self.args, **self.kwargs)
        return result

    def weight_matrix(self) -> Tensor:
        """Return the weight as one matrix per group, [G, D, F / G]."""
        weight = self.weight.detach()
        if not self.is_transposed:
            return weight.reshape(self.groups, len(weight) // self.groups, -1).mT
        flipped = weight.flip(tuple(range(2, weight.ndim)))
        weight_by_group = flipped.reshape(self.groups, -1, *weight.shape[1:])
        return weight_by_group.movedim(2, -1).reshape(self.groups, -1, weight.shape[1])

    def write_weight(self, matrix: Tensor) -> None:
        """Write one matrix per group, [G, D, F / G], into the layer's weight, in place."""
        weight = self.weight
        if not self.is_transposed:
            weight.copy_(matrix.mT.reshape(weight.shape))
            return
        shape = (self.groups, len(weight) // self.groups, *weight.shape[2:], weight.shape[1])
        weight_by_input = matrix.reshape(shape).movedim(-1, 2).flatten(0, 1)
        weight.copy_(weight_by_input.flip(tuple(range(2, weight.ndim))))

    def input_blocks(self, places: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Yield `places` (output positions, int64 [M], ascending) in blocks: for each block, its slice of `places` and
        the inputs that the layer reads at these m positions, [G, m, D].
        """
        size = max(1, MAX_BLOCK_ELEMENTS // (self.width * self.groups))
        for start in range(0, len(places), size):
            part = slice(start, min(start + size, len(places)))
            yield part, self._read_inputs(places[part])

    def _read_inputs(self, places: Tensor) -> Tensor:
        if self.is_linear:
            return self.x.reshape(-1, self.x.shape[-1])[places][None]
        outputs = _output_shape(self._read_images(0, 1), self.weight.shape[2:], self.geometry)
        images, positions = places // prod(outputs), places % prod(outputs)
        first = int(images[0])
        x = self._read_images(first, int(images[-1]) + 1)
        windows = _kernel_windows(x, outputs, self.weight.shape[2:], self.geometry)
        index: Any = (images - first, slice(None), *torch.unravel_index(positions, outputs))
        values = windows[index]  # [m, C, kernel..]
        return values.reshape(len(places), self.groups, -1).transpose(0, 1)

    def _read_images(self, first: int, end: int) -> Tensor:
        """Return the padded input images from `first` up to `end`, [n, C, ..]."""
        x = (self.x if self.x.ndim == self.weight.ndim else self.x[None])[first:end]
        spread = self.geometry.spread
        if any(step > 1 for step in spread):
            spread_lengths = [(length - 1) * step + 1 for length, step in zip(x.shape[2:], spread, strict=True)]
            spread_input = x.new_zeros((*x.shape[:2], *spread_lengths))
            inputs: Any = (..., *(slice(None, None, step) for step in spread))
            spread_input[inputs] = x
            x = spread_input
        widths = [width for padding in reversed(self.geometry.padding) for width in padding]
        return F.pad(x, widths) if any(widths) else x


def parse_call(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> LayerCall:
    """Return the call of `func`, one of `LAYER_FUNCTIONS`, with these arguments as a `LayerCall`."""
    is_transposed = func in TRANSPOSED_CONVOLUTIONS
    names = _TRANSPOSED_ARGUMENTS if is_transposed else _CONVOLUTION_ARGUMENTS
    values = {**_ARGUMENT_DEFAULTS, **dict(zip(names, args, strict=False)), **kwargs}
    weight: Tensor = values["weight"]
    dims = 0 if func is F.linear else weight.ndim - 2
    stride, dilation = _repeat_per_dim(values["stride"], dims), _repeat_per_dim(values["dilation"], dims)
    kernel = tuple(weight.shape[2:])
    if is_transposed:
        padding = _transposed_padding(values, kernel, dilation)
        geometry = ConvolutionGeometry(stride, (1,) * dims, padding, dilation)
    else:
        geometry = ConvolutionGeometry(
            (1,) * dims, stride, _padding_widths(values["padding"], kernel, dilation), dilation
        )
    return LayerCall(func, args, kwargs, values["input"], weight, values["bias"], values["groups"], geometry)


def gather_outputs(output: Tensor, is_linear: bool, places: Tensor) -> Tensor:
    """Return a layer's outputs at `places` (int64 [M]) as [M, F]. A place is an output position: an index into the
    flattened output [.., F] of a linear layer or [N, F, ..] of a convolution, without the channels F.
    """
    if is_linear:
        return output.reshape(-1, output.shape[-1])[places]
    positions = output.flatten(2) if output.ndim > 2 else output[None]
    count = positions.shape[2]
    return positions[places // count, :, places % count]


def count_output_positions(output: Tensor, is_linear: bool) -> int:
    """Return the number of positions in a layer's output, not counting channels."""
    return output.numel() // output.shape[-1 if is_linear else 1]


def sample_output_positions(position_count: int, count: int, seed: int, call: int) -> Tensor:
    """Return `count` of the output positions 0 … position_count - 1, or all if there are fewer; int64, ascending.

    One position is drawn from each of `count` equal ranges, so that all images are represented. The result depends only
    on `seed` and `call` (the number of the call in the forward pass), not on the device.
    """
    if position_count <= count:
        return torch.arange(position_count)
    random_offsets = torch.rand(count, generator=seeded_generator(seed, call), dtype=torch.float64)
    return ((torch.arange(count) + random_offsets) * (position_count / count)).long().clamp_(max=position_count - 1)


def _repeat_per_dim(value: int | tuple[int, ...], dims: int) -> tuple[int, ...]:
    values = (value,) if isinstance(value, int) else tuple(value)
    return values * dims if len(values) == 1 else values


def _padding_widths(
    value: str | int | tuple[int, ...], kernel: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    if value == "same":
        total_padding = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
        return tuple((total // 2, total - total // 2) for total in total_padding)
    widths = (0,) * len(kernel) if isinstance(value, str) else _repeat_per_dim(value, len(kernel))
    return tuple((width, width) for width in widths)


def _transposed_padding(
    values: Mapping[str, Any], kernel: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Return how many zeros to add around the spread input: the kernel's reach, minus what the layer crops."""
    cropped_widths = _repeat_per_dim(values["padding"], len(kernel))
    extra_widths = _repeat_per_dim(values["output_padding"], len(kernel))
    kernel_extents = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
    rows = zip(kernel_extents, cropped_widths, extra_widths, strict=True)
    return tuple((extent - cropped, extent - cropped + extra) for extent, cropped, extra in rows)


def _output_shape(x: Tensor, kernel: torch.Size, geometry: ConvolutionGeometry) -> tuple[int, ...]:
    """Return the size of the output along each spatial dimension. x: padded input."""
    rows = zip(x.shape[2:], kernel, geometry.dilation, geometry.stride, strict=True)
    return tuple((length - dilation * (size - 1) - 1) // stride + 1 for length, size, dilation, stride in rows)


def _kernel_windows(x: Tensor, outputs: tuple[int, ...], kernel: torch.Size, geometry: ConvolutionGeometry) -> Tensor:
    """Return the kernel windows of padded images [n, C, ..] as a view [n, C, outputs.., kernel..]."""
    strides = x.stride()[2:]
    window_strides = tuple(step * stride for step, stride in zip(strides, geometry.stride, strict=True))
    kernel_strides = tuple(step * dilation for step, dilation in zip(strides, geometry.dilation, strict=True))
    return x.as_strided(
        (*x.shape[:2], *outputs, *kernel), (*x.stride()[:2], *window_strides, *kernel_strides), x.storage_offset()
    )
