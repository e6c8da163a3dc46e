"""What a network sees in images just before it decides: the input of its output layer."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.images.streamed import stream
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.pictures.activations import weight_name
from cnnpruner.engine.surgery.masks import MIXING_OPERATIONS
from cnnpruner.errors import UnusableNetwork

BATCH = 256


class CaptureInput(TorchFunctionMode):
    """While active, keeps what the operation with `weight` reads; found by its weight, as functional calls are too."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self._weight = weight
        self.caught: Tensor | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`."""
        kwargs = kwargs or {}
        if func in MIXING_OPERATIONS and (kwargs["weight"] if "weight" in kwargs else args[1]) is self._weight:
            x = args[0] if args else kwargs["input"]
            # Positions of a convolution are averaged, as pooling before a linear layer would.
            self.caught = x if func is F.linear else x.flatten(2).mean(2)
        return func(*args, **kwargs)


def penultimate_features(
    network: nn.Module,
    layers: Layers,
    chosen: tuple[ImageSet, NDArray[np.int64]],
    normalize: Normalize,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """[N, C]: inputs of the output layer for the chosen images, in their order, in evaluation mode.

    Raises UnusableNetwork where no layer gives the classes.
    """
    images, indices = chosen
    weight = network.get_parameter(_output_weight(layers))
    rows: list[Tensor] = []
    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(torch.as_tensor(indices), BATCH)
        for pixels in stream(images, batches, weight.device):
            with CaptureInput(weight) as catch:
                network(normalize(pixels))
            assert catch.caught is not None, "the output layer was traced, so it runs"
            rows.append(catch.caught.flatten(1).float().cpu())
            if progress is not None:
                progress(sum(map(len, rows)) / len(indices), "looking at images")
    return torch.cat(rows).numpy()


def _output_weight(layers: Layers) -> str:
    outputs = [layer.index for layer in layers.layers if layer.output]
    if not outputs:
        raise UnusableNetwork("No layer of this network gives the classes, so there are no features before it.")
    return weight_name(layers, outputs[-1])
