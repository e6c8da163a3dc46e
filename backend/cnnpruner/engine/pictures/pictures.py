"""Computes and draws guided gradients: which pixels of an image increase a filter's activation."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.plans.layers import Layer, Layers
from cnnpruner.domain.samples.pictures import HISTOGRAM_BINS
from cnnpruner.engine.pictures.activations import watch_activations
from cnnpruner.engine.pictures.guided import GuidedReluMode
from cnnpruner.engine.scoring.readers import copy_without_gradients

BATCH_SIZE = 32
LARGE_IMAGE_VALUE_COUNT = 3 * 112 * 112
"""For images with at least this many values, half as many filters as usual are processed at a time."""
MAX_PICTURE_EDGE = 96
"""Length limit for the edges of a picture, in pixels."""


@dataclass(frozen=True)
class GuidedGradients:
    """Guided gradients and activations of B filters on one image."""

    gradients: NDArray[np.float32]
    """Gradients with respect to the normalised image, [B, C, H, W]."""
    activations: NDArray[np.float32]
    """Mean of each filter's activation map, [B]."""


def guided_gradients(
    network: nn.Module, layers: Layers, layer: int, image: Tensor, positions: Sequence[int]
) -> GuidedGradients:
    """Return the guided gradient of each filter's summed activation map. The network is not changed.

    image: [C, H, W], normalised. layer: index of the layer; positions: positions of the filters in the layer's current
    weight.
    """
    network_copy = copy_without_gradients(network)
    size = BATCH_SIZE if image.numel() < LARGE_IMAGE_VALUE_COUNT else BATCH_SIZE // 2
    filter_positions = torch.as_tensor(positions, device=image.device)
    batches = [
        _compute_gradients(network_copy, layers, layer, image, batch) for batch in torch.split(filter_positions, size)
    ]
    gradients, activations = zip(*batches, strict=True)
    return GuidedGradients(torch.cat(gradients).cpu().numpy(), torch.cat(activations).cpu().numpy())


def _compute_gradients(
    network_copy: nn.Module, layers: Layers, layer: int, image: Tensor, filter_positions: Tensor
) -> tuple[Tensor, Tensor]:
    images = image.expand(len(filter_positions), *image.shape).clone().requires_grad_()
    captured_maps: list[Tensor] = []

    def capture(_: Layer, maps: Tensor) -> None:
        captured_maps.append(maps[torch.arange(len(filter_positions), device=maps.device), filter_positions])

    with torch.enable_grad(), GuidedReluMode():
        # A copy, because some networks change their input in place, which autograd forbids for a leaf.
        watch_activations(network_copy, layers, [layer], images.clone(), capture)
        (maps,) = captured_maps
        (gradients,) = torch.autograd.grad(maps.sum(), images)
    return gradients, maps.detach().flatten(1).mean(1)


def draw_gradient(gradient: NDArray[np.float32]) -> tuple[str, list[int]]:
    """Return a gradient [C, H, W] as a base64 PNG, and its histogram. Both the picture and the histogram range from
    -scale to scale; grey level 128 is zero.

    The scale is the largest absolute value. If the number of channels is not three, the picture shows the mean of all
    channels.
    """
    scale = float(np.abs(gradient).max())
    counts, _ = np.histogram(gradient, HISTOGRAM_BINS, (-scale or -1.0, scale or 1.0))
    share = gradient / scale if scale else gradient
    picture = share if len(share) == 3 else share.mean(axis=0, keepdims=True)
    return encode_png(_shrink_picture(128 + 127.5 * picture)), counts.tolist()


def draw_activation_map(values: NDArray[np.float32]) -> str:
    """Return a map [H, W] of values ≥ 0 as a grey base64 PNG: 0 is black, the largest value is white."""
    max_value = float(values.max())
    return encode_png(_shrink_picture(values[None] * (255 / max_value if max_value > 0 else 0.0)))


def encode_png(pixels: NDArray[np.uint8]) -> str:
    """Return the pixels [C, H, W] of one or three channels as a base64 PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _shrink_picture(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Shrink [C, H, W] so that no edge is longer than `MAX_PICTURE_EDGE`, and round the values to bytes."""
    height, width = values.shape[1:]
    if max(height, width) > MAX_PICTURE_EDGE:
        share = MAX_PICTURE_EDGE / max(height, width)
        size = (max(round(height * share), 1), max(round(width * share), 1))
        image_pixels = torch.from_numpy(np.ascontiguousarray(values, np.float32))
        values = F.interpolate(image_pixels[None], size, mode="bilinear", antialias=True)[0].numpy()
    return np.ascontiguousarray(values.round().clip(0, 255).astype(np.uint8))
