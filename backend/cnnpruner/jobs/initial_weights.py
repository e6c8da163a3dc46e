"""The weights that a root begins with: fresh from the seed, a checkpoint, or published for the network."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.pretrained import adapt_head, pretrained_state
from cnnpruner.engine.weights import load_weights, read_checkpoint


@dataclass(frozen=True)
class InitialWeights:
    """Where the weights of `network` come from; neither checkpoint nor pretrained: from the seed."""

    network: NetworkSource
    checkpoint: Path | None
    pretrained: bool
    is_trained: bool
    """A job trains afterwards, so that a head of other classes may stay fresh."""


def load_initial(
    network: nn.Module, initial: InitialWeights, classes: int, channels: int, tell: Progress | None = None
) -> list[str]:
    """Put them into the fresh `network` (in place). Gives the names of tensors that stay fresh where others are loaded.

    Raises UnreadableWeights, UnusableNetwork.
    """
    if initial.checkpoint is not None:
        state = read_checkpoint(initial.checkpoint)
    elif initial.pretrained:
        state = pretrained_state(initial.network, channels, tell)
    else:
        return []
    fitted, fresh = adapt_head(network, state, classes) if initial.is_trained else (state, [])
    load_weights(network, fitted)
    return fresh
