"""The networks that the product can build: names, options, what images they take. Free of torch."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnpruner.domain.experiments import NetworkChoice, NetworkName, NetworkSource
from cnnpruner.errors import UnusableNetwork


@dataclass(frozen=True)
class NetworkEntry:
    """One network: the `smallest` edge in pixels, and the `channels` it takes (None: any)."""

    title: str
    smallest: int
    channels: int | None
    options: Mapping[str, tuple[str, ...]]


_SHORTCUT = {"shortcut": ("A", "B")}

NETWORKS: dict[NetworkName, NetworkEntry] = {
    "small_vgg": NetworkEntry("Small VGG with batch norm (6 convolutions)", 8, None, {}),
    "vgg16_bn": NetworkEntry("VGG-16 with batch norm for 32×32", 32, None, {}),
    "resnet20": NetworkEntry("ResNet-20, thin (He et al. 2015)", 8, None, _SHORTCUT),
    "resnet56": NetworkEntry("ResNet-56, thin (He et al. 2015)", 8, None, _SHORTCUT),
    "resnet18": NetworkEntry("ResNet-18 (torchvision)", 32, 3, {}),
    "vgg11_bn": NetworkEntry("VGG-11 with batch norm (torchvision)", 32, 3, {}),
    "mobilenet_v2": NetworkEntry("MobileNetV2 (torchvision)", 32, 3, {}),
}


def network_choices() -> list[NetworkChoice]:
    """All networks with their options (default first), for the page and the API."""
    return [
        NetworkChoice(
            name=name,
            title=entry.title,
            options={option: list(values) for option, values in entry.options.items()},
            image_sizes=f"{entry.smallest}×{entry.smallest} and larger",
        )
        for name, entry in NETWORKS.items()
    ]


def find_network(source: NetworkSource) -> NetworkEntry:
    """The entry of `source`; raises UnusableNetwork for an option or a value that the network does not have."""
    entry = NETWORKS[source.name]
    for option, value in source.options.items():
        if option not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise UnusableNetwork(f"Network {source.name} has no option “{option}”; its options are: {known}.")
        if value not in entry.options[option]:
            allowed = " or ".join(entry.options[option])
            raise UnusableNetwork(f"Option {option} of {source.name} is {allowed}, not {value!r}.")
    return entry


def check_images(source: NetworkSource, channels: int, image_size: int) -> None:
    """Raise UnusableNetwork where images of this shape cannot run through the network."""
    entry = find_network(source)
    if image_size < entry.smallest:
        raise UnusableNetwork(
            f"Images of {image_size}×{image_size} are too small for {source.name}; "
            f"the smallest that it takes is {entry.smallest}×{entry.smallest}: set image_size to that or more.",
            smallest=entry.smallest,
        )
    if entry.channels is not None and channels != entry.channels:
        raise UnusableNetwork(f"{source.name} takes images of {entry.channels} channels, not {channels}.")
