"""The networks that the product can build: names, options, what images they take. Free of torch."""

import difflib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnpruner.domain.sources.data import NetworkChoice, NetworkFamily
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.torchvision_names import INPUT_TRANSFORM, STEPS, TORCHVISION

TORCHVISION_PREFIX, TIMM_PREFIX = "torchvision:", "timm:"


@dataclass(frozen=True)
class NetworkEntry:
    """One network: the `smallest` edge in pixels, of which all are multiples of `step`; `channels` None: any."""

    title: str
    smallest: int
    channels: int | None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    family: NetworkFamily = "ours"
    step: int = 1

    def fitting(self, size: int) -> int:
        """The edge nearest above `size` that the network takes."""
        return max(self.smallest, -(-size // self.step) * self.step)

    @property
    def sizes(self) -> str:
        """Which images it takes, in words."""
        if self.family in ("timm", "factory"):
            return "what it was made for; the inspection tells"
        steps = f", multiples of {self.step}" if self.step > 1 else ""
        return f"{self.smallest}×{self.smallest} and larger{steps}"


_SHORTCUT = {"shortcut": ("A", "B")}

OURS: dict[str, NetworkEntry] = {
    "small_vgg": NetworkEntry("Small VGG with batch norm (6 convolutions)", 8, None),
    "vgg16_bn": NetworkEntry("VGG-16 with batch norm for 32×32", 32, None),
    "resnet20": NetworkEntry("ResNet-20, thin (He et al. 2015)", 8, None, _SHORTCUT),
    "resnet56": NetworkEntry("ResNet-56, thin (He et al. 2015)", 8, None, _SHORTCUT),
}

NETWORKS: dict[str, NetworkEntry] = OURS | {
    f"{TORCHVISION_PREFIX}{name}" if name in OURS else name: NetworkEntry(
        title,
        smallest,
        3,
        {"transform_input": ("no", "yes")} if name in INPUT_TRANSFORM else {},
        "torchvision",
        STEPS.get(name, 1),
    )
    for name, (title, smallest) in TORCHVISION.items()
}
"""Those that are always there, ours first."""


def has_timm() -> bool:
    """Whether timm is installed."""
    return importlib.util.find_spec("timm") is not None


def network_choices() -> list[NetworkChoice]:
    """All networks that can be listed, with their options (default first), for the page and the API.

    What the server's starter named comes first. timm's are not among them, see `timm_names`.
    """
    own = {name: _factory_entry(name) for name in factories.registered()}
    return [
        NetworkChoice(
            name=name,
            title=entry.title,
            family=entry.family,
            pretrained=entry.family == "torchvision",
            options={option: list(values) for option, values in entry.options.items()},
            image_sizes=entry.sizes,
        )
        for name, entry in {**own, **NETWORKS}.items()
    ]


def find_network(source: NetworkSource) -> NetworkEntry:
    """The entry of `source`; raises UnusableNetwork for an unknown name, option or value."""
    entry = _find_entry(source.name)
    for option, value in source.options.items():
        if option not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise UnusableNetwork(f"Network {source.name} has no option “{option}”; its options are: {known}.")
        if value not in entry.options[option]:
            allowed = " or ".join(entry.options[option])
            raise UnusableNetwork(f"Option {option} of {source.name} is {allowed}, not {value!r}.")
    return entry


def torchvision_name(name: str) -> str | None:
    """What torchvision calls the network of this name; None where it is none of its."""
    bare = name.removeprefix(TORCHVISION_PREFIX)
    return bare if bare in TORCHVISION and name not in OURS else None


def for_pretrained(source: NetworkSource) -> NetworkSource:
    """The same network as its published weights want it."""
    if "transform_input" in find_network(source).options:
        return source.model_copy(update={"options": {"transform_input": "yes"} | source.options})
    return source


def register_networks(named: Sequence[str], folder: Path | None = None) -> None:
    """Register `named` (NAME=FACTORY), and those that the command line writes into `folder` from now on.

    Raises InvalidInput for what cannot be read and for a name that is taken.
    """
    found = dict(factories.read_named(text) for text in named)
    for name in found:
        check_free(name)
    factories.start(found, folder)


def check_free(name: str) -> None:
    """Raise InvalidInput where a network of ours or torchvision's has this name."""
    if name in NETWORKS:
        raise InvalidInput(f"Network {name} exists already; choose another name for your own.", network=name)


def check_images(source: NetworkSource, channels: int, image_size: int) -> None:
    """Raise UnusableNetwork where images of this shape cannot run through the network."""
    entry = find_network(source)
    if image_size < entry.smallest:
        raise UnusableNetwork(
            f"Images of {image_size}×{image_size} are too small for {source.name}; "
            f"the smallest that it takes is {entry.smallest}×{entry.smallest}: set image_size to that or more.",
            smallest=entry.smallest,
        )
    if image_size % entry.step:
        raise UnusableNetwork(
            f"{source.name} takes images whose edge is a multiple of {entry.step}, not {image_size}×{image_size}: "
            f"set image_size to {entry.fitting(image_size)}."
        )
    if entry.channels is not None and channels != entry.channels:
        raise UnusableNetwork(f"{source.name} takes images of {entry.channels} channels, not {channels}.")


def _find_entry(name: str) -> NetworkEntry:
    if name in factories.registered():
        return _factory_entry(name)
    if name.startswith(TIMM_PREFIX):
        if not has_timm():
            raise UnusableNetwork(f"{name} needs timm, which is not installed here: pip install 'cnnpruner[timm]'.")
        return NetworkEntry(name, 1, None, family="timm")
    entry = NETWORKS.get(name) or NETWORKS.get(torchvision_name(name) or "")
    if entry is None:
        raise _unknown(name)
    return entry


def _factory_entry(name: str) -> NetworkEntry:
    return NetworkEntry(f"{name} ({factories.registered()[name].label})", 1, None, family="factory")


def _unknown(name: str) -> UnusableNetwork:
    near = difflib.get_close_matches(name, {*factories.registered(), *NETWORKS}, n=3)
    meant = f"did you mean {' or '.join(near)}?" if near else "`cnnpruner list` shows those there are."
    return UnusableNetwork(
        f"There is no network {name!r} here; {meant} A network of your own is named when the server is started: "
        f"--network {name}=package.module:function.",
        near=near,
    )
