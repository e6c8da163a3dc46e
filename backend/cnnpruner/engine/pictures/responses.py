"""How the filters of a network respond to many images: mean maps, mean activations, the images that excite them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.images.streamed import stream
from cnnpruner.domain.plans.layers import Layer, Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.pictures.activations import watch_activations

TOP = 9
BATCH = 128
MAP_EDGE = 64
"""Larger maps are averaged down to this, positions."""


@dataclass(frozen=True)
class LayerResponses:
    """Of one layer's F filters, in the order of the present tensor."""

    maps: NDArray[np.float32]
    """[F, H, W], activation map averaged over the images."""
    mean: NDArray[np.float64]
    """[F], mean activation over images and space."""
    samples: NDArray[np.int64]
    """[k, F], k = min(9, N): positions of the images that excite each filter most, the most first."""
    activations: NDArray[np.float32]
    """[k, F], mean of the activation map on them."""


def measure_responses(
    network: nn.Module,
    layers: Layers,
    chosen: tuple[ImageSet, NDArray[np.int64]],
    normalize: Normalize,
    progress: Progress | None = None,
) -> dict[int, LayerResponses]:
    """By layer index, in one pass over the chosen images (evaluation mode); layers that do not run are left out."""
    images, indices = chosen
    device = next(network.parameters()).device
    sums: dict[int, _Sums] = {}
    done = 0

    def add(layer: Layer, maps: Tensor) -> None:
        sums.setdefault(layer.index, _Sums(maps)).add(maps, done)

    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(torch.as_tensor(indices), BATCH)
        for batch, pixels in zip(batches, stream(images, batches, device), strict=True):
            watch_activations(network, layers, range(len(layers.layers)), normalize(pixels), add)
            done += len(batch)
            if progress is not None:
                progress(done / len(indices), f"looking at {len(indices):,} images")
    return {index: one.result(len(indices)) for index, one in sums.items()}


class _Sums:
    """One layer's, batch by batch."""

    def __init__(self, maps: Tensor) -> None:
        filters, height, width = maps.shape[1:]
        self._size = (min(height, MAP_EDGE), min(width, MAP_EDGE))
        self._maps = maps.new_zeros(filters, *self._size, dtype=torch.float64)
        self._mean = maps.new_zeros(filters, dtype=torch.float64)
        self._best = maps.new_zeros(0, filters)
        self._samples = torch.zeros(0, filters, dtype=torch.int64, device=maps.device)

    def add(self, maps: Tensor, first: int) -> None:
        """Maps [n, F, H, W] of the images from position `first` on."""
        spatial = maps.mean((2, 3))  # [n, F]
        self._mean += spatial.double().sum(0)
        self._maps += F.adaptive_avg_pool2d(maps.sum(0), self._size).double()
        numbers = torch.arange(first, first + len(maps), device=maps.device)[:, None].expand_as(spatial)
        values, samples = torch.cat([self._best, spatial]), torch.cat([self._samples, numbers])
        self._best, order = values.topk(min(TOP, len(values)), dim=0)
        self._samples = samples.gather(0, order)

    def result(self, images: int) -> LayerResponses:
        """Means and the best."""
        return LayerResponses(
            maps=(self._maps / images).float().cpu().numpy(),
            mean=(self._mean / images).cpu().numpy(),
            samples=self._samples.cpu().numpy(),
            activations=self._best.float().cpu().numpy(),
        )
