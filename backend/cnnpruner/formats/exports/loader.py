"""Implements `cnnpruner.load`, which loads a pruned network from an exported archive, without a server and without
pickle.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as parse_tensors
from torch import Tensor, nn

from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.networks.factory_networks import build_user_network
from cnnpruner.engine.surgery.surgery import shrink_network
from cnnpruner.engine.weights import load_weights
from cnnpruner.errors import UnreadableExport
from cnnpruner.formats.exports.archive import (
    RECORD_FILE,
    WEIGHTS_FILE,
    read_members,
    read_network_record,
    require_intact_weights,
)
from cnnpruner.planning.networks.factories import parse_factory

NetworkBuilder = Callable[[NetworkRecord], nn.Module]
"""Builds the unpruned network that a record describes."""


def load(path: Path, build: NetworkBuilder) -> nn.Module:
    """Load the network of a safetensors export (archive or unpacked folder), on the CPU, in evaluation mode.
    `network.about` is the record of the exported node. Raises UnreadableExport, UnreadableWeights, UnusableNetwork.
    """
    text, weights = read_members(path, (RECORD_FILE, WEIGHTS_FILE))
    record = read_network_record(text, path.name)
    require_intact_weights(weights, record, path.name)
    state = _parse_weights(weights, path.name)
    network = build(record)
    prune_and_load_weights(network, record, state)
    # Bypasses nn.Module.__setattr__, which is typed for tensors and modules only.
    network.__dict__["about"] = record
    return network.eval()


def prune_and_load_weights(network: nn.Module, record: NetworkRecord, state: Mapping[str, Tensor]) -> None:
    """Prune a newly built root network, in place, to the shapes of the weights in `state`, and load these weights.

    Raises UnreadableExport or UnreadableWeights if the weights do not fit this network.
    """
    unpruned_state = network.state_dict()
    for name, tensor in state.items():
        if name in unpruned_state and not _is_valid_pruned_shape(tensor.shape, unpruned_state[name].shape):
            raise UnreadableExport(
                f"Tensor {name} has shape {list(tensor.shape)} in the export but {list(unpruned_state[name].shape)} in "
                f"the unpruned network; build {record.network.name} exactly as it was built before pruning.",
                tensor=name,
            )
    shapes = {name: list(tensor.shape) for name, tensor in state.items()}
    shrink_network(network, shapes, {layer.name for layer in record.layers if layer.kind == "depthwise"})
    load_weights(network, dict(state))
    for layer in record.layers:
        if shapes.get(f"{layer.name}.weight") != layer.shape:
            raise UnreadableExport(
                f"The weights of layer {layer.name} do not have the shape that {RECORD_FILE} states; export the node "
                "again."
            )


def _is_valid_pruned_shape(pruned_shape: Sequence[int], unpruned_shape: Sequence[int]) -> bool:
    return len(pruned_shape) == len(unpruned_shape) and all(
        0 < pruned_size <= size for pruned_size, size in zip(pruned_shape, unpruned_shape, strict=True)
    )


def build_registered_network(record: NetworkRecord) -> nn.Module:
    """Build the unpruned network that the record names. A network with this name must be registered in this process."""
    return build_network(record.network, len(record.classes), record.channels, record.image_size, seed=0)


def choose_network_builder(factory: Callable[[], nn.Module] | str | None, trust_factory: bool) -> NetworkBuilder:
    """Return a function that builds the unpruned network. Code named in the export is run only if `trust_factory` is
    set.
    """

    def build(record: NetworkRecord) -> nn.Module:
        if factory is not None and not isinstance(factory, str):
            return factory()
        text = factory or record.factory
        if text is None:
            return build_registered_network(record)
        if factory is None and not trust_factory:
            raise UnreadableExport(
                f"The network was built by {text}. This code is imported only with your consent: pass factory=… with "
                "your own function, or trust_factory=True to import the code.",
                factory=text,
            )
        return build_user_network(parse_factory(text), len(record.classes), record.channels, record.image_size)

    return build


def _parse_weights(data: bytes, source: str) -> dict[str, Tensor]:
    try:
        return parse_tensors(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise UnreadableExport(
            f"{WEIGHTS_FILE} of {source} is not a complete safetensors file ({error}); download the archive again.",
            file=source,
        ) from error
