"""Builds a fresh `nn.Module` with seeded weights from a network's name."""

from collections.abc import Callable

import torch
from torch import nn

from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.factory_networks import build_user_network
from cnnpruner.engine.networks.thin_resnet import ThinResNet
from cnnpruner.engine.networks.timm_networks import build_timm_network
from cnnpruner.engine.networks.torchvision_networks import build_torchvision_network
from cnnpruner.engine.networks.vgg import small_vgg, vgg16_bn
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import TIMM_PREFIX, check_image_shape, find_network, torchvision_name
from cnnpruner.planning.networks.factories import Factory

NetworkBuilder = Callable[[int, int, dict[str, str]], nn.Module]
"""Function that builds a network from the number of classes, the number of channels and the options. Options that the
user left out have their default values.
"""

_BUILT_IN_NETWORKS: dict[str, NetworkBuilder] = {
    "small_vgg": lambda classes, channels, _: small_vgg(classes, channels),
    "vgg16_bn": lambda classes, channels, _: vgg16_bn(classes, channels),
    "resnet20": lambda classes, channels, options: ThinResNet(3, options["shortcut"], classes, channels),
    "resnet56": lambda classes, channels, options: ThinResNet(9, options["shortcut"], classes, channels),
}


def build_network(source: NetworkSource, classes: int, channels: int, image_size: int, seed: int) -> nn.Module:
    """Build a network that returns logits [N, classes] for images [N, channels, image_size, image_size].

    Weights depend only on `seed`, not on the state of the global random generator. Raises UnusableNetwork for an
    unknown name or option, images that are too small, an unsupported number of channels, or a factory that raises an
    error.
    """
    check_image_shape(source, channels, image_size)
    defaults = {option: values[0] for option, values in find_network(source).options.items()}
    options = {**defaults, **source.options}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        factory = factories.all_factories().get(source.name)
        if factory is not None:
            return build_user_network(factory, classes, channels, image_size)
        if source.name.startswith(TIMM_PREFIX):
            return build_timm_network(source.name.removeprefix(TIMM_PREFIX), classes, channels, image_size)
        name = torchvision_name(source.name)
        if name is not None:
            return build_torchvision_network(name, classes, image_size, options)
        return _BUILT_IN_NETWORKS[source.name](classes, channels, options)


def build_from_factory(
    factory: Factory, classes: int | None, channels: int | None, image_size: int, seed: int
) -> nn.Module:
    """Build a network from a factory given on the command line. Arguments that are None are not passed on."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_user_network(factory, classes, channels, image_size)
