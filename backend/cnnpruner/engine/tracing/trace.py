"""Finds out what can be cut in a network, in one run that follows every channel by its id (docs/methods.md)."""

from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.memory import pause_garbage_collection
from cnnpruner.engine.tracing.assembly import assemble_layers
from cnnpruner.engine.tracing.mode import trace_forward_pass


@pause_garbage_collection()
def trace_layers(network: nn.Module, image: Tensor, classes: int | None = None) -> Layers:
    """Return the structure of a root network: its layers and units, what is frozen and why, which layers take which
    units as input, and the cost model.

    image: [1 or 2, C, H, W] with any content, on the network's device. The network is run once, without gradients, in
    evaluation mode, and is not changed. Raises UnusableNetwork if the network cannot run on the image, does not return
    [N, K] (with K = `classes` if that is given), or has no convolution or linear layer.
    """
    ledger, output = trace_forward_pass(network, image, classes)
    _, channels, height, width = image.shape
    return assemble_layers(ledger, output, (channels, height, width))
