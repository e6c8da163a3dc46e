"""The networks that can be built, with their options and image sizes. Does not import torch."""

import difflib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnpruner.domain.sources.data import NetworkChoice, NetworkFamily
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.torchvision_names import (
    IMAGE_EDGE_STEPS,
    NETWORKS_WITH_INPUT_TRANSFORM,
    TORCHVISION_NETWORKS,
)

TORCHVISION_PREFIX, TIMM_PREFIX = "torchvision:", "timm:"


@dataclass(frozen=True)
class NetworkEntry:
    """A network and the sizes of the images that it accepts: their edges must be at least `min_image_edge` pixels long
    and a multiple of `image_edge_step`.
    """

    title: str
    min_image_edge: int
    channels: int | None
    """Number of image channels that the network needs; None if any number is accepted."""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    family: NetworkFamily = "ours"
    image_edge_step: int = 1

    def round_up_image_size(self, size: int) -> int:
        """Return the smallest valid image edge that is at least `size`."""
        return max(self.min_image_edge, -(-size // self.image_edge_step) * self.image_edge_step)

    @property
    def sizes(self) -> str:
        """The image sizes that the network accepts, in words."""
        if self.family in ("timm", "factory"):
            return "any size at which an inspection of the network succeeds"
        steps = f", in multiples of {self.image_edge_step}" if self.image_edge_step > 1 else ""
        return f"{self.min_image_edge}×{self.min_image_edge} and larger{steps}"


_SHORTCUT_OPTION = {"shortcut": ("A", "B")}

CNNPRUNER_NETWORKS: dict[str, NetworkEntry] = {
    "small_vgg": NetworkEntry("Small VGG with batch norm (6 convolutions)", 8, None),
    "vgg16_bn": NetworkEntry("VGG-16 with batch norm, for images of 32×32", 32, None),
    "resnet20": NetworkEntry("CIFAR-style ResNet-20 (He et al. 2015)", 8, None, _SHORTCUT_OPTION),
    "resnet56": NetworkEntry("CIFAR-style ResNet-56 (He et al. 2015)", 8, None, _SHORTCUT_OPTION),
}

NETWORKS: dict[str, NetworkEntry] = CNNPRUNER_NETWORKS | {
    f"{TORCHVISION_PREFIX}{name}" if name in CNNPRUNER_NETWORKS else name: NetworkEntry(
        title,
        min_image_edge,
        3,
        {"transform_input": ("no", "yes")} if name in NETWORKS_WITH_INPUT_TRANSFORM else {},
        "torchvision",
        IMAGE_EDGE_STEPS.get(name, 1),
    )
    for name, (title, min_image_edge) in TORCHVISION_NETWORKS.items()
}
"""The networks that are always available, CNNPruner's own first."""


def has_timm() -> bool:
    """Return whether timm is installed."""
    return importlib.util.find_spec("timm") is not None


def network_choices() -> list[NetworkChoice]:
    """Return all networks except timm's (see `timm_names`), with the values of their options, the default value first.

    User-defined networks come first.
    """
    user_defined_networks = {name: _build_factory_entry(name) for name in factories.all_factories()}
    return [
        NetworkChoice(
            name=name,
            title=entry.title,
            family=entry.family,
            pretrained=entry.family == "torchvision",
            options={option: list(values) for option, values in entry.options.items()},
            image_sizes=entry.sizes,
        )
        for name, entry in {**user_defined_networks, **NETWORKS}.items()
    ]


def find_network(source: NetworkSource) -> NetworkEntry:
    """Return the catalogue entry of a network. Raises UnusableNetwork for an unknown name, option or value."""
    entry = _find_entry(source.name)
    for option, value in source.options.items():
        if option not in entry.options:
            option_names = ", ".join(entry.options) or "none"
            raise UnusableNetwork(f"Network {source.name} has no option “{option}”; its options are: {option_names}.")
        if value not in entry.options[option]:
            allowed_values = " or ".join(entry.options[option])
            raise UnusableNetwork(f"Option {option} of network {source.name} must be {allowed_values}, not {value!r}.")
    return entry


def torchvision_name(name: str) -> str | None:
    """Return torchvision's name for the network; None if the network is not from torchvision."""
    torchvision_key = name.removeprefix(TORCHVISION_PREFIX)
    return torchvision_key if torchvision_key in TORCHVISION_NETWORKS and name not in CNNPRUNER_NETWORKS else None


def add_pretrained_options(source: NetworkSource) -> NetworkSource:
    """Return `source` with the options that the published weights of its network require."""
    if "transform_input" in find_network(source).options:
        return source.model_copy(update={"options": {"transform_input": "yes"} | source.options})
    return source


def register_networks(arguments: Sequence[str], folder: Path | None = None) -> None:
    """Register the networks in `arguments`, each written as NAME=FACTORY. Networks that the command line later adds to
    the file in `folder` are found, too.

    Raises InvalidInput if an argument cannot be parsed or a name is already in use.
    """
    named_factories = dict(factories.parse_named_factory(argument) for argument in arguments)
    for name in named_factories:
        check_name_is_free(name)
    factories.register(named_factories, folder)


def check_name_is_free(name: str) -> None:
    """Raise InvalidInput if this is the name of a built-in or torchvision network."""
    if name in NETWORKS:
        raise InvalidInput(f"{name} is the name of a built-in network; choose another name for yours.", network=name)


def check_image_shape(source: NetworkSource, channels: int, image_size: int) -> None:
    """Raise UnusableNetwork if the network does not accept images of this shape."""
    entry = find_network(source)
    if image_size < entry.min_image_edge:
        raise UnusableNetwork(
            f"Images of {image_size}×{image_size} are too small for {source.name}, which needs at least "
            f"{entry.min_image_edge}×{entry.min_image_edge}: set image_size to {entry.min_image_edge} or more.",
            smallest=entry.min_image_edge,
        )
    if image_size % entry.image_edge_step:
        raise UnusableNetwork(
            f"{source.name} needs images whose edge length is a multiple of {entry.image_edge_step}, not "
            f"{image_size}×{image_size}: set image_size to {entry.round_up_image_size(image_size)}."
        )
    if entry.channels is not None and channels != entry.channels:
        raise UnusableNetwork(f"{source.name} needs images with {entry.channels} channels, not {channels}.")


def _find_entry(name: str) -> NetworkEntry:
    if name in factories.all_factories():
        return _build_factory_entry(name)
    if name.startswith(TIMM_PREFIX):
        if not has_timm():
            raise UnusableNetwork(f"{name} needs timm, which is not installed: run pip install 'cnnpruner[timm]'.")
        return NetworkEntry(name, 1, None, family="timm")
    entry = NETWORKS.get(name) or NETWORKS.get(torchvision_name(name) or "")
    if entry is None:
        raise _unknown_network_error(name)
    return entry


def _build_factory_entry(name: str) -> NetworkEntry:
    return NetworkEntry(f"{name} ({factories.all_factories()[name].label})", 1, None, family="factory")


def _unknown_network_error(name: str) -> UnusableNetwork:
    similar_names = difflib.get_close_matches(name, {*factories.all_factories(), *NETWORKS}, n=3)
    hint = f"did you mean {' or '.join(similar_names)}?" if similar_names else "`cnnpruner list` shows all networks."
    return UnusableNetwork(
        f"There is no network {name!r}; {hint} To use your own network, name it when you start the server: "
        f"--network {name}=package.module:function.",
        near=similar_names,
    )
