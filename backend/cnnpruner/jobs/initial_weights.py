"""Loads a root's initial weights: drawn from the seed, read from a checkpoint, or published for the network."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.pretrained import adapt_head, pretrained_state
from cnnpruner.engine.weights import load_weights, read_checkpoint


@dataclass(frozen=True)
class InitialWeights:
    """Where the weights of `network` come from: a checkpoint, published weights (`pretrained`), or
    otherwise the seed.
    """

    network: NetworkSource
    checkpoint: Path | None
    pretrained: bool
    will_be_trained: bool
    """Whether the network will be trained. If so, its head may stay fresh if the loaded head has other classes."""


def load_initial_weights(
    network: nn.Module, initial: InitialWeights, classes: int, channels: int, progress: Progress | None = None
) -> list[str]:
    """Load the weights into `network` in place. Returns the names of tensors that stay fresh because they do not fit.

    Raises UnreadableWeights, UnusableNetwork.
    """
    if initial.checkpoint is not None:
        state = read_checkpoint(initial.checkpoint)
    elif initial.pretrained:
        state = pretrained_state(initial.network, channels, progress)
    else:
        return []
    fitting_tensors, fresh_tensor_names = (
        adapt_head(network, state, classes) if initial.will_be_trained else (state, [])
    )
    load_weights(network, fitting_tensors)
    return fresh_tensor_names
