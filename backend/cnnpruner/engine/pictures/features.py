"""Penultimate features: the input of a network's output layer."""

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


class InputCapture(TorchFunctionMode):
    """While active, stores the input of the operation that uses `weight`, as a module or a functional call."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self._weight = weight
        self.captured_input: Tensor | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, and store its input if it uses the weight."""
        kwargs = kwargs or {}
        if func in MIXING_OPERATIONS and (kwargs["weight"] if "weight" in kwargs else args[1]) is self._weight:
            x = args[0] if args else kwargs["input"]
            # Positions of a convolution are averaged, as pooling before a linear layer would do.
            self.captured_input = x if func is F.linear else x.flatten(2).mean(2)
        return func(*args, **kwargs)


def penultimate_features(
    network: nn.Module,
    layers: Layers,
    image_indices: tuple[ImageSet, NDArray[np.int64]],
    normalize: Normalize,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the inputs of the output layer, [N, C], for the images at these indices, in the order of the indices. The
    network runs in evaluation mode.

    Raises UnusableNetwork if no layer outputs the classes.
    """
    images, indices = image_indices
    weight = network.get_parameter(_output_weight(layers))
    rows: list[Tensor] = []
    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(torch.as_tensor(indices), BATCH)
        for pixels in stream(images, batches, weight.device):
            with InputCapture(weight) as capture:
                network(normalize(pixels))
            assert capture.captured_input is not None, "the traced output layer must have run"
            rows.append(capture.captured_input.flatten(1).float().cpu())
            if progress is not None:
                progress(sum(map(len, rows)) / len(indices), "computing features")
    return torch.cat(rows).numpy()


def _output_weight(layers: Layers) -> str:
    outputs = [layer.index for layer in layers.layers if layer.output]
    if not outputs:
        raise UnusableNetwork("No layer of this network outputs the class scores, so it has no features for a map.")
    return weight_name(layers, outputs[-1])
