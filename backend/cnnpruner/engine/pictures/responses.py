"""Measures how filters respond to many images: mean activation maps, mean activations, and the images that activate
each filter most.
"""

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
BATCH_SIZE = 128
MAX_MAP_EDGE = 64
"""Length limit for the edges of an activation map, in positions; larger maps are averaged down to this size."""


@dataclass(frozen=True)
class LayerResponses:
    """Responses of one layer's F filters, in the order of the current weight tensor."""

    maps: NDArray[np.float32]
    """Activation map of each filter, averaged over the images, [F, H, W]."""
    mean: NDArray[np.float64]
    """Mean activation of each filter over images and positions, [F]."""
    samples: NDArray[np.int64]
    """Indices of the k = min(9, N) images that activate each filter most, strongest first, [k, F]."""
    activations: NDArray[np.float32]
    """Mean activation of each filter on each of the k images that activate it most, [k, F]."""


def measure_responses(
    network: nn.Module,
    layers: Layers,
    images_and_indices: tuple[ImageSet, NDArray[np.int64]],
    normalize: Normalize,
    progress: Progress | None = None,
) -> dict[int, LayerResponses]:
    """Return the filter responses by layer index, measured in one pass over the images in evaluation mode.

    Layers that do not run are left out.
    """
    images, indices = images_and_indices
    device = next(network.parameters()).device
    sums_by_layer: dict[int, _ResponseSums] = {}
    processed_images = 0

    def add(layer: Layer, maps: Tensor) -> None:
        sums_by_layer.setdefault(layer.index, _ResponseSums(maps)).add(maps, processed_images)

    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(torch.as_tensor(indices), BATCH_SIZE)
        for batch, pixels in zip(batches, stream(images, batches, device), strict=True):
            watch_activations(network, layers, range(len(layers.layers)), normalize(pixels), add)
            processed_images += len(batch)
            if progress is not None:
                progress(processed_images / len(indices), f"processing {len(indices):,} images")
    return {index: layer_sums.result(len(indices)) for index, layer_sums in sums_by_layer.items()}


class _ResponseSums:
    """Sums of a layer's activation maps, and the images that activate its filters most; updated batch by batch."""

    def __init__(self, maps: Tensor) -> None:
        filters, height, width = maps.shape[1:]
        self._map_size = (min(height, MAX_MAP_EDGE), min(width, MAX_MAP_EDGE))
        self._maps = maps.new_zeros(filters, *self._map_size, dtype=torch.float64)
        self._mean = maps.new_zeros(filters, dtype=torch.float64)
        self._best = maps.new_zeros(0, filters)
        self._samples = torch.zeros(0, filters, dtype=torch.int64, device=maps.device)

    def add(self, maps: Tensor, first: int) -> None:
        """Add the activation maps [n, F, H, W] of n images; `first` is the position of the first image among all
        images.
        """
        mean_activations = maps.mean((2, 3))  # [n, F]
        self._mean += mean_activations.double().sum(0)
        self._maps += F.adaptive_avg_pool2d(maps.sum(0), self._map_size).double()
        image_positions = torch.arange(first, first + len(maps), device=maps.device)[:, None].expand_as(
            mean_activations
        )
        values, samples = torch.cat([self._best, mean_activations]), torch.cat([self._samples, image_positions])
        self._best, order = values.topk(min(TOP, len(values)), dim=0)
        self._samples = samples.gather(0, order)

    def result(self, images: int) -> LayerResponses:
        """Return the responses, averaged over a total of `images` images."""
        return LayerResponses(
            maps=(self._maps / images).float().cpu().numpy(),
            mean=(self._mean / images).cpu().numpy(),
            samples=self._samples.cpu().numpy(),
            activations=self._best.float().cpu().numpy(),
        )
