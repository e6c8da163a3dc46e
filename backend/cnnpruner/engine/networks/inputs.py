"""Which images a network is given, decided before anything is read. Free of torch."""

from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataKind, NetworkSource
from cnnpruner.planning.networks.catalogue import check_images, find_network

_SHAPES: dict[DataKind, tuple[int | None, int]] = {
    "digits": (8, 1),
    "mnist": (28, 1),
    "fashion_mnist": (28, 1),
    "cifar10": (32, 3),
    "cifar100": (32, 3),
    "folder": (None, 3),
    "factory": (None, 3),
}
"""Edge in pixels (None: known only when the pictures are read) and channels, as the set has them."""


def choose_images(
    network: NetworkSource, kind: DataKind, image_size: int | None, channels: int | None, seed: int
) -> ImageOptions:
    """Size and channels for `network`. What a person sets (`image_size`) or weights need (`channels`) is kept.

    Otherwise the set's own, made larger or three-channelled where the network needs it. Raises UnusableNetwork for an
    image size that the network cannot take.
    """
    entry = find_network(network)
    edge, own_channels = _SHAPES[kind]
    size = image_size or (None if edge is None else entry.fitting(edge))
    wanted = channels or entry.channels or own_channels
    check_images(network, wanted, entry.smallest if size is None else size)
    return ImageOptions(image_size=size, channels=wanted, seed=seed)
