"""Builds timm's networks (optional extra `timm`) with the data set's numbers of classes and channels."""

import difflib
from typing import Any

from torch import nn

from cnnpruner.errors import UnusableNetwork


def build_timm_network(name: str, classes: int, channels: int, image_size: int) -> nn.Module:
    """Build timm's network `name` with fresh weights.

    Raises UnusableNetwork for an unknown name. Names with a prefix, such as `hf-hub:`, are also refused, because timm
    would load such networks from a folder or from the Hugging Face Hub.
    """
    import timm

    if not timm.is_model(name.partition(".")[0]) or ":" in name:
        similar_names = difflib.get_close_matches(name, timm.list_models(), n=3)
        hint = f"did you mean {' or '.join(similar_names)}?" if similar_names else "timm.list_models() lists them all."
        raise UnusableNetwork(f"timm has no network {name}; {hint}", near=similar_names)
    arguments: dict[str, Any] = {"num_classes": classes, "in_chans": channels}
    configuration = timm.get_pretrained_cfg(name)
    if configuration is not None and configuration.fixed_input_size:
        arguments["img_size"] = image_size
    try:
        network: nn.Module = timm.create_model(name, pretrained=False, **arguments)
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise UnusableNetwork(
            f"timm cannot build {name} for images of {image_size}×{image_size} with {channels} channels: {reason}."
        ) from error
    return network
