"""What can be cut in a network: one run that follows every channel by an id (docs/methods.md)."""

from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.memory import pause_garbage_collection
from cnnpruner.engine.tracing.assembly import assemble
from cnnpruner.engine.tracing.mode import run_traced


@pause_garbage_collection()
def trace_layers(network: nn.Module, image: Tensor, classes: int | None = None) -> Layers:
    """The structure of a root network: layers, units, what is frozen and why, readers and the cost model.

    image: [1 or 2, C, H, W] of any content, on the network's device. The network is run once, without gradients, in
    evaluation mode, and left as it was. Raises UnusableNetwork where it cannot run on the image, answers no [N, K]
    (K = `classes` where given), or has no convolution or linear layer.
    """
    ledger, output = run_traced(network, image, classes)
    _, channels, height, width = image.shape
    return assemble(ledger, output, (channels, height, width))
