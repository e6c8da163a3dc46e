"""Penultimate features, that is, the input of a network's output layer."""

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
from cnnpruner.engine.pictures.layer_calls import LayerFinder
from cnnpruner.errors import UnusableNetwork

BATCH_SIZE = 256


class InputCapture(TorchFunctionMode):
    """Inside the `with` block, stores the input of one layer, no matter whether a module or a functional call runs
    it.
    """

    def __init__(self, network: nn.Module, layers: Layers, index: int) -> None:
        super().__init__()
        self._layer_finder = LayerFinder(network, layers, [index])
        self.captured_input: Tensor | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func`, and store the layer's input if `func` runs the layer."""
        kwargs = kwargs or {}
        if self._layer_finder.find(func, args, kwargs) is not None:
            x = args[0] if args else kwargs["input"]
            # Positions of a convolution are averaged, as pooling before a linear layer would do.
            self.captured_input = x if func is F.linear else x.flatten(2).mean(2)
        return func(*args, **kwargs)


def penultimate_features(
    network: nn.Module,
    layers: Layers,
    images_and_indices: tuple[ImageSet, NDArray[np.int64]],
    normalize: Normalize,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the inputs of the output layer, [N, C], for the images at the given indices, in the same order. The
    network runs in evaluation mode.

    Raises UnusableNetwork if no layer outputs the classes.
    """
    images, indices = images_and_indices
    output_layer, device = _find_output_layer(layers), next(network.parameters()).device
    rows: list[Tensor] = []
    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(torch.as_tensor(indices), BATCH_SIZE)
        for pixels in stream(images, batches, device):
            with InputCapture(network, layers, output_layer) as capture:
                network(normalize(pixels))
            assert capture.captured_input is not None, "the traced output layer must have run"
            rows.append(capture.captured_input.flatten(1).float().cpu())
            if progress is not None:
                progress(sum(map(len, rows)) / len(indices), "computing features")
    return torch.cat(rows).numpy()


def _find_output_layer(layers: Layers) -> int:
    output_layers = [layer.index for layer in layers.layers if layer.output]
    if not output_layers:
        raise UnusableNetwork(
            "This network has no layer that directly outputs the class scores; a map of samples needs the inputs of "
            "such a layer."
        )
    return output_layers[-1]
