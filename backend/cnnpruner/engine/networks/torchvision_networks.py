"""Builds torchvision's classifiers with a head for the data set's classes. They need three channels, so the channel of
grey images is repeated.
"""

from typing import Any

from torch import nn

from cnnpruner.planning.networks.torchvision_names import NETWORKS_WITH_INPUT_TRANSFORM, SIZE_ARGUMENT_NAMES


def build_torchvision_network(name: str, classes: int, image_size: int, options: dict[str, str]) -> nn.Module:
    """Build torchvision's classifier `name` with fresh weights and without auxiliary heads."""
    # Importing torchvision takes longer than all other imports of a worker for the demo.
    from torchvision import models

    arguments: dict[str, Any] = {"num_classes": classes}
    if name in SIZE_ARGUMENT_NAMES:
        arguments[SIZE_ARGUMENT_NAMES[name]] = image_size if name != "maxvit_t" else (image_size, image_size)
    if name in NETWORKS_WITH_INPUT_TRANSFORM:
        transform_input = options.get("transform_input") == "yes"
        arguments |= {"aux_logits": False, "init_weights": True, "transform_input": transform_input}
    network: nn.Module = models.get_model(name, weights=None, **arguments)
    return network
