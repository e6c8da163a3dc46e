"""What in an image makes filters respond more: guided gradients of their activation maps, and their drawing."""

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
from cnnpruner.engine.pictures.guided import GuidedRelus
from cnnpruner.engine.scoring.readers import without_gradients

BATCH = 32
LARGE = 3 * 112 * 112
"""Values of an image from which half as many filters go at once."""
EDGE = 96
"""Largest edge of a picture, pixels."""


@dataclass(frozen=True)
class Guided:
    """Of B filters on one image."""

    gradients: NDArray[np.float32]
    """[B, C, H, W], with respect to the normalised image."""
    activations: NDArray[np.float32]
    """[B], mean of each filter's activation map."""


def guided_gradients(network: nn.Module, layers: Layers, layer: int, image: Tensor, positions: Sequence[int]) -> Guided:
    """Guided gradient of the sum of each filter's activation map. The network stays as it is.

    image: [C, H, W], normalised. layer: index; positions: of its filters in the present tensor.
    """
    twin = without_gradients(network)
    size = BATCH if image.numel() < LARGE else BATCH // 2
    chosen = torch.as_tensor(positions, device=image.device)
    parts = [_gradients(twin, layers, layer, image, part) for part in torch.split(chosen, size)]
    gradients, activations = zip(*parts, strict=True)
    return Guided(torch.cat(gradients).cpu().numpy(), torch.cat(activations).cpu().numpy())


def _gradients(twin: nn.Module, layers: Layers, layer: int, image: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    images = image.expand(len(chosen), *image.shape).clone().requires_grad_()
    caught: list[Tensor] = []

    def keep(_: Layer, maps: Tensor) -> None:
        caught.append(maps[torch.arange(len(chosen), device=maps.device), chosen])

    with torch.enable_grad(), GuidedRelus():
        # A copy, since some networks change their input in place, which a leaf forbids.
        watch_activations(twin, layers, [layer], images.clone(), keep)
        (maps,) = caught
        (gradients,) = torch.autograd.grad(maps.sum(), images)
    return gradients, maps.detach().flatten(1).mean(1)


def draw_signed(gradient: NDArray[np.float32]) -> tuple[str, list[int]]:
    """A gradient [C, H, W] as PNG in base64 (grey 128 is 0) and the histogram of its values, both from -scale to scale.

    Scale is the largest magnitude. More or fewer than three channels are averaged in the picture.
    """
    scale = float(np.abs(gradient).max())
    counts, _ = np.histogram(gradient, HISTOGRAM_BINS, (-scale or -1.0, scale or 1.0))
    share = gradient / scale if scale else gradient
    picture = share if len(share) == 3 else share.mean(axis=0, keepdims=True)
    return encode(_shrink(128 + 127.5 * picture)), counts.tolist()


def draw_map(values: NDArray[np.float32]) -> str:
    """A map [H, W] of values from 0 as grey PNG in base64: black 0, white its largest."""
    high = float(values.max())
    return encode(_shrink(values[None] * (255 / high if high > 0 else 0.0)))


def encode(pixels: NDArray[np.uint8]) -> str:
    """PNG of [C, H, W], one or three channels, in base64."""
    buffer = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _shrink(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """[C, H, W] with no edge above `EDGE`, rounded."""
    height, width = values.shape[1:]
    if max(height, width) > EDGE:
        share = EDGE / max(height, width)
        size = (max(round(height * share), 1), max(round(width * share), 1))
        whole = torch.from_numpy(np.ascontiguousarray(values, np.float32))
        values = F.interpolate(whole[None], size, mode="bilinear", antialias=True)[0].numpy()
    return np.ascontiguousarray(values.round().clip(0, 255).astype(np.uint8))
