"""From a network's name to a fresh `nn.Module` with seeded weights."""

from collections.abc import Callable

import torch
from torch import nn

from cnnpruner.domain.experiments import NetworkName, NetworkSource
from cnnpruner.engine.networks.catalogue import NETWORKS, check_images
from cnnpruner.engine.networks.thin_resnet import ThinResNet
from cnnpruner.engine.networks.torchvision_networks import mobilenet_v2, resnet18, vgg11_bn
from cnnpruner.engine.networks.vgg import small_vgg, vgg16_bn

Builder = Callable[[int, int, dict[str, str]], nn.Module]
"""(classes, channels, options with defaults filled in) → network."""

_BUILDERS: dict[NetworkName, Builder] = {
    "small_vgg": lambda classes, channels, _: small_vgg(classes, channels),
    "vgg16_bn": lambda classes, channels, _: vgg16_bn(classes, channels),
    "resnet20": lambda classes, channels, options: ThinResNet(3, options["shortcut"], classes, channels),
    "resnet56": lambda classes, channels, options: ThinResNet(9, options["shortcut"], classes, channels),
    "resnet18": lambda classes, _, __: resnet18(classes),
    "vgg11_bn": lambda classes, _, __: vgg11_bn(classes),
    "mobilenet_v2": lambda classes, _, __: mobilenet_v2(classes),
}


def build_network(source: NetworkSource, classes: int, channels: int, image_size: int, seed: int) -> nn.Module:
    """A network for images [N, channels, image_size, image_size] that answers with logits [N, classes].

    Weights come from `seed` alone, whatever was drawn before. Raises UnusableNetwork for images that are too small,
    a number of channels it does not take, or an unknown option.
    """
    check_images(source, channels, image_size)
    defaults = {option: values[0] for option, values in NETWORKS[source.name].options.items()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _BUILDERS[source.name](classes, channels, {**defaults, **source.options})
