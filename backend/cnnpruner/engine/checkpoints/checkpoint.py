"""Reads the tensors of a checkpoint by full name, whatever the file's layout. No code in the file is executed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from cnnpruner.engine.checkpoints.file_kinds import has_safetensors_content, require_checkpoint
from cnnpruner.engine.checkpoints.pickles import read_pickle_file
from cnnpruner.engine.weights import read_weights
from cnnpruner.errors import UnreadableWeights

MAX_DEPTH = 6

TensorLocation = tuple[str, ...]
"""Keys of the nested dictionaries that contain a tensor, outermost first."""

_OLD_DENSENET_NAME_PATTERN = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")
"""Matches tensor names that torchvision's DenseNets had until 2017. The published files still contain these names."""


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of a file. A tensor's full name consists of the keys of the dictionaries that contain it and of its
    own key, joined by dots, for example `state_dict.model.conv1.weight`.
    """

    file: str
    tensors: Mapping[str, Tensor]
    locations: Mapping[str, TensorLocation] = field(default_factory=dict)
    """Location of each tensor by its full name. Tensors that are not in a nested dictionary may have no entry."""
    unnamed_tensor_lists: tuple[tuple[str, int], ...] = ()
    """Lists of unnamed tensors, each as (key of the list, number of tensors)."""


def read_checkpoint(path: Path) -> Checkpoint:
    """Read all tensors of a safetensors file or torch checkpoint. No code in the file is executed.

    Raises UnreadableWeights if the file is missing, damaged or of another kind, if its tensors have no names, or if it
    is a pickle that contains code.
    """
    if not path.is_file():
        raise UnreadableWeights(f"There is no checkpoint file {path.name}; choose a file that the server lists.")
    if has_safetensors_content(path):
        require_checkpoint(path)
        return Checkpoint(path.name, read_weights(path))
    require_checkpoint(path)
    if path.suffix == ".safetensors" and not _is_torch_file(path):
        return Checkpoint(path.name, read_weights(path))  # raises the error that names the reason
    return _flatten(path.name, read_pickle_file(path))


def modernize_densenet_name(name: str) -> str:
    """Convert an old tensor name of torchvision's DenseNets to the name used since 2018. torchvision renames the
    tensors in the same way when it loads its published files.
    """
    return _OLD_DENSENET_NAME_PATTERN.sub(r"\1\2", name)


def _is_torch_file(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (b"PK", b"\x80\x02")


def _flatten(file: str, content: Any) -> Checkpoint:
    tensors: dict[str, Tensor] = {}
    locations: dict[str, TensorLocation] = {}
    unnamed_tensor_lists: list[tuple[str, int]] = []
    for location, name, value in _walk_dictionaries(content, ()):
        full_name = ".".join((*location, name))
        if isinstance(value, Tensor):
            tensors[full_name], locations[full_name] = value.data, location
        else:
            unnamed_tensor_lists.append((full_name, len(value)))
    if not tensors:
        raise UnreadableWeights(
            f"{file} contains no weights: no dictionary in it maps names to tensors. Save the network's state_dict() "
            "with torch.save and use that file.",
            file=file,
        )
    return Checkpoint(file, tensors, locations, tuple(unnamed_tensor_lists))


def _walk_dictionaries(content: Any, location: TensorLocation) -> Iterator[tuple[TensorLocation, str, Any]]:
    """Yield the tensors and lists of tensors in nested dictionaries. Keys that are not strings, as in optimizer states,
    are skipped.
    """
    if not isinstance(content, Mapping) or len(location) > MAX_DEPTH:
        return
    for key, value in content.items():
        if not isinstance(key, str):
            continue
        if isinstance(value, Tensor) or _is_tensor_list(value):
            yield location, key, value
        else:
            yield from _walk_dictionaries(value, (*location, key))


def _is_tensor_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and all(isinstance(item, Tensor) for item in value)
