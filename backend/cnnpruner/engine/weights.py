"""Weights on disk: reads and writes safetensors, and loads weights into a network."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from cnnpruner.atomic import write_atomically
from cnnpruner.errors import UnreadableWeights

MAX_LISTED_TENSORS = 3


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file, by name. Raises UnreadableWeights if the file is missing or damaged."""
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise UnreadableWeights(
            f"{path.name} is not a complete safetensors file ({error}); copy or export it again.", file=path.name
        ) from error


def load_weights(network: nn.Module, state: dict[str, Tensor]) -> None:
    """Load `state` into `network`, in place. Raises UnreadableWeights if the tensors of `state` and `network` differ in
    names or shapes, or if a tensor is not a dense array of finite real numbers.

    Batch counters (`num_batches_tracked`), which old checkpoints lack, may be missing.
    """
    expected_state = network.state_dict()
    missing_names = [name for name in expected_state if name not in state and not name.endswith("num_batches_tracked")]
    unexpected_names = [name for name in state if name not in expected_state]
    names_with_other_shape = [
        name for name in expected_state if name in state and expected_state[name].shape != state[name].shape
    ]
    if missing_names or unexpected_names or names_with_other_shape:
        raise UnreadableWeights(
            _describe_differences(expected_state, state, missing_names, unexpected_names, names_with_other_shape),
            missing=missing_names[:50],
            unexpected=unexpected_names[:50],
            other_shape=names_with_other_shape[:50],
        )
    for name, value in state.items():
        if value.layout != torch.strided or value.is_meta or value.is_complex() or value.is_quantized:
            raise UnreadableWeights(
                f"Tensor {name} is not a dense array of real numbers; convert it and save it again."
            )
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise UnreadableWeights(f"Tensor {name} contains values that are not finite; choose another checkpoint.")
    network.load_state_dict(state, strict=False)


def write_weights(network: nn.Module, path: Path) -> int:
    """Write the network's state to `path` as a safetensors file without metadata, and return the file's size in bytes.

    The write is atomic. Raises StorageFailed.
    """
    state = {name: value.detach().cpu().contiguous().clone() for name, value in network.state_dict().items()}
    write_atomically(path, lambda temporary_path: _save_tensors(state, temporary_path))
    return path.stat().st_size


def _save_tensors(state: dict[str, Tensor], path: Path) -> None:
    try:
        save_file(state, path)
    except SafetensorError as error:  # wraps the system's error (no space left) in its own
        raise OSError(str(error)) from error


def _describe_differences(
    expected_state: dict[str, Tensor],
    state: dict[str, Tensor],
    missing_names: list[str],
    unexpected_names: list[str],
    names_with_other_shape: list[str],
) -> str:
    shape_differences = [
        f"{name} ({_format_shape(state[name])} in the file, {_format_shape(expected_state[name])} in the network)"
        for name in names_with_other_shape
    ]
    differences = (
        ("tensors missing from the file", missing_names),
        ("tensors that the network does not have", unexpected_names),
        ("tensors with a different shape", shape_differences),
    )
    difference_text = "; ".join(
        f"{label} ({len(names)}): {_format_name_list(names)}" for label, names in differences if names
    )
    return (
        f"The checkpoint does not fit the network: {difference_text}. Choose the network and options with which the "
        "checkpoint was saved."
    )


def _format_name_list(names: list[str]) -> str:
    return ", ".join(names[:MAX_LISTED_TENSORS]) + (", …" if len(names) > MAX_LISTED_TENSORS else "")


def _format_shape(value: Tensor) -> str:
    return "×".join(str(length) for length in value.shape) or "scalar"
