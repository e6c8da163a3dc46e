"""`cnnpruner.load`: a pruned network from an exported archive, without a server and without pickle."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as parse_tensors
from torch import Tensor, nn

from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.networks.factory_networks import build_user_network
from cnnpruner.engine.surgery.surgery import shrink
from cnnpruner.engine.weights import load_weights
from cnnpruner.errors import UnreadableExport
from cnnpruner.formats.exports.archive import RECORD, WEIGHTS, check_sum, read_members, read_record
from cnnpruner.planning.networks.factories import parse_factory

Build = Callable[[NetworkRecord], nn.Module]
"""Gives the uncut network."""


def load(path: Path, build: Build) -> nn.Module:
    """The network of a safetensors export (archive or unpacked folder), on the CPU, in evaluation mode.

    `network.about` is its record. Raises UnreadableExport, UnreadableWeights, UnusableNetwork.
    """
    text, weights = read_members(path, (RECORD, WEIGHTS))
    record = read_record(text, path.name)
    check_sum(weights, record, path.name)
    state = _parse(weights, path.name)
    network = build(record)
    rebuild(network, record, state)
    # past nn.Module's own __setattr__, which is typed for tensors and modules alone
    network.__dict__["about"] = record
    return network.eval()


def rebuild(network: nn.Module, record: NetworkRecord, state: Mapping[str, Tensor]) -> None:
    """Cut a freshly built root network to the shapes of `state` and fill it, in place.

    Raises UnreadableExport where it is another network, and UnreadableWeights.
    """
    own = network.state_dict()
    for name, tensor in state.items():
        if name in own and not _fits(tensor.shape, own[name].shape):
            raise UnreadableExport(
                f"Tensor {name} has shape {list(tensor.shape)} in the export and {list(own[name].shape)} in the uncut "
                f"network, so they do not belong together; build {record.network.name} as it was when it was pruned.",
                tensor=name,
            )
    shapes = {name: list(tensor.shape) for name, tensor in state.items()}
    shrink(network, shapes, {layer.name for layer in record.layers if layer.kind == "depthwise"})
    load_weights(network, dict(state))
    for layer in record.layers:
        if shapes.get(f"{layer.name}.weight") != layer.shape:
            raise UnreadableExport(f"Layer {layer.name} is not as {RECORD} describes it; export the node anew.")


def _fits(small: Sequence[int], large: Sequence[int]) -> bool:
    return len(small) == len(large) and all(0 < part <= whole for part, whole in zip(small, large, strict=True))


def build_known(record: NetworkRecord) -> nn.Module:
    """By the recorded name, among those that this process knows."""
    return build_network(record.network, len(record.classes), record.channels, record.image_size, seed=0)


def build_by(factory: Callable[[], nn.Module] | str | None, trust_factory: bool) -> Build:
    """What `cnnpruner.load` builds with: code of the export's maker runs only where the caller says so."""

    def build(record: NetworkRecord) -> nn.Module:
        if factory is not None and not isinstance(factory, str):
            return factory()
        text = factory or record.factory
        if text is None:
            return build_known(record)
        if factory is None and not trust_factory:
            raise UnreadableExport(
                f"The network was built by {text}, which is code and is not imported unasked: pass factory=… with your "
                "own function, or trust_factory=True to import that one.",
                factory=text,
            )
        return build_user_network(parse_factory(text), len(record.classes), record.channels, record.image_size)

    return build


def _parse(data: bytes, place: str) -> dict[str, Tensor]:
    try:
        return parse_tensors(data)
    except (SafetensorError, ValueError, KeyError) as error:
        sentence = f"{WEIGHTS} of {place} is no whole safetensors file ({error})"
        raise UnreadableExport(f"{sentence}; download the archive again.", file=place) from error
