"""Weights on disk: reads third-party checkpoints without running code, and writes safetensors atomically."""

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from cnnpruner.atomic import write_atomically
from cnnpruner.errors import UnreadableWeights

STATE_ENTRIES = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
"""Keys under which training scripts commonly save the weights in a checkpoint."""

NAME_PREFIXES = ("module.", "_orig_mod.")
"""Prefixes that DataParallel and torch.compile add to every name."""

MAX_LISTED = 3


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Read tensors by name from a .safetensors file or a torch checkpoint; no code in the file is executed.

    The tensors may be in an entry `state_dict` (or `model`, `net`, …), and their names may begin with `module.`. Raises
    UnreadableWeights for a file that is missing, damaged, of another kind, or a pickle that contains code.
    """
    if not path.is_file():
        raise UnreadableWeights(f"There is no checkpoint file {path.name}; choose one of those that the server lists.")
    state = read_weights(path) if path.suffix == ".safetensors" else _find_state(_read_torch(path), path)
    return {_strip_prefixes(name): value for name, value in state.items()}


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read tensors by name from a safetensors file; raise UnreadableWeights if it is missing or damaged."""
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise UnreadableWeights(
            f"{path.name} is not a complete safetensors file ({error}); copy or export it again.", file=path.name
        ) from error


def load_weights(network: nn.Module, state: dict[str, Tensor]) -> None:
    """Load `state` into `network`, in place. Raises UnreadableWeights with the first keys that differ.

    Batch counters (`num_batches_tracked`), which old checkpoints lack, may be missing.
    """
    expected_state = network.state_dict()
    missing = [name for name in expected_state if name not in state and not name.endswith("num_batches_tracked")]
    unexpected_names = [name for name in state if name not in expected_state]
    shapes = [name for name in expected_state if name in state and expected_state[name].shape != state[name].shape]
    if missing or unexpected_names or shapes:
        raise UnreadableWeights(
            _describe_differences(expected_state, state, missing, unexpected_names, shapes),
            missing=missing[:50],
            unexpected=unexpected_names[:50],
            other_shape=shapes[:50],
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
    """Write the network's state to `path` as safetensors without metadata; returns its size in bytes.

    The write is atomic. Raises StorageFailed.
    """
    state = {name: value.detach().cpu().contiguous().clone() for name, value in network.state_dict().items()}
    write_atomically(path, lambda temporary: _save(state, temporary))
    return path.stat().st_size


def _save(state: dict[str, Tensor], path: Path) -> None:
    try:
        save_file(state, path)
    except SafetensorError as error:  # wraps the system's error (no space left) in its own
        raise OSError(str(error)) from error


def _read_torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "unsupported operand" in str(error).lower():
            raise UnreadableWeights(
                f"{path.name} is not a torch checkpoint, or is a bare pickle of Python objects. Reading it could "
                "run code, so it is refused. Save the plain state_dict with torch.save or as safetensors.",
                file=path.name,
            ) from error
        if "weights_only" in str(error).lower() or "unsupported" in str(error).lower():
            raise UnreadableWeights(
                f"{path.name} contains Python objects besides tensors. Reading them could run code, so it is refused. "
                "Save the plain state_dict with torch.save or as safetensors, and use that file.",
                file=path.name,
            ) from error
        raise _damaged_error(path, error) from error
    except Exception as error:  # torch raises many types for a damaged file or another format
        raise _damaged_error(path, error) from error


def _damaged_error(path: Path, error: Exception) -> UnreadableWeights:
    reason = str(error).partition("\n")[0][:200]
    return UnreadableWeights(
        f"{path.name} is damaged or not a torch checkpoint ({reason or type(error).__name__}); copy or save it again.",
        file=path.name,
    )


def _find_state(content: Any, path: Path) -> dict[str, Tensor]:
    if isinstance(content, dict):
        for entry in STATE_ENTRIES:
            if isinstance(content.get(entry), dict):
                content = content[entry]
                break
        tensors = {str(name): value.data for name, value in content.items() if isinstance(value, Tensor)}
        if tensors:
            return tensors
    raise UnreadableWeights(
        f"{path.name} contains no weights: neither tensors by name nor an entry named {', '.join(STATE_ENTRIES)} "
        "with them.",
        file=path.name,
    )


def _strip_prefixes(name: str) -> str:
    for prefix in NAME_PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _describe_differences(
    expected_state: dict[str, Tensor],
    state: dict[str, Tensor],
    missing: list[str],
    unexpected_names: list[str],
    shapes: list[str],
) -> str:
    shape_differences = [
        f"{name} ({_format_shape(state[name])} in the file, {_format_shape(expected_state[name])} in the network)"
        for name in shapes
    ]
    differences = (
        ("missing", missing),
        ("unexpected", unexpected_names),
        ("with a different shape", shape_differences),
    )
    difference_text = "; ".join(f"{len(names)} {label}: {_join_first(names)}" for label, names in differences if names)
    return (
        f"The checkpoint does not fit the network. {difference_text}. "
        "Choose the network and options that it was saved with."
    )


def _join_first(names: list[str]) -> str:
    return ", ".join(names[:MAX_LISTED]) + (", …" if len(names) > MAX_LISTED else "")


def _format_shape(value: Tensor) -> str:
    return "×".join(str(length) for length in value.shape) or "scalar"
