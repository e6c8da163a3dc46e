"""Loads a root's initial weights, which are drawn from the seed, read from a checkpoint, or published for the
network.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sources.inspections import WeightSet
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.checkpoints.checkpoint import read_checkpoint
from cnnpruner.engine.checkpoints.weight_sets import choose_weights
from cnnpruner.engine.networks.pretrained import adapt_head, load_pretrained_state
from cnnpruner.engine.weights import load_weights


@dataclass(frozen=True)
class InitialWeights:
    """The source of the initial weights of `network`: a checkpoint, published weights (`pretrained`), or, if neither is
    given, the seed.
    """

    network: NetworkSource
    checkpoint: Path | None
    pretrained: bool
    will_be_trained: bool
    """Whether the network will be trained. If so, the loaded weights may be for other classes; the output layer then
    keeps its random initial weights.
    """
    key: str | None = None
    """Key of the set of weights in the checkpoint. If None, a set that fits the network is used, preferably an averaged
    one.
    """


@dataclass(frozen=True)
class LoadedWeights:
    """Which weights were loaded into a network, and which of its tensors kept their random initial values."""

    fresh_tensors: tuple[str, ...] = ()
    """Names of the tensors that keep their random initial values because no loaded tensor fits."""
    key: str | None = None
    """Key of the loaded set of weights in the checkpoint; None if there is no checkpoint."""
    weight_sets: tuple[WeightSet, ...] = ()
    """All sets of weights in the checkpoint that fit the network."""
    notices: tuple[str, ...] = ()


def load_initial_weights(
    network: nn.Module, initial: InitialWeights, classes: int, channels: int, progress: Progress | None = None
) -> LoadedWeights:
    """Load the weights into `network`, in place. Raises UnreadableWeights and UnusableNetwork."""
    if initial.checkpoint is not None:
        weights = choose_weights(read_checkpoint(initial.checkpoint), network, initial.key)
        state, loaded_weights = weights.state, LoadedWeights((), weights.key, weights.weight_sets, weights.notices)
    elif initial.pretrained:
        state, loaded_weights = load_pretrained_state(initial.network, channels, progress), LoadedWeights()
    else:
        return LoadedWeights()
    matching_tensors, fresh_tensor_names = (
        adapt_head(network, state, classes) if initial.will_be_trained else (state, [])
    )
    load_weights(network, matching_tensors)
    return replace(loaded_weights, fresh_tensors=tuple(fresh_tensor_names))
