"""Weights on disk: checkpoints of others are read without running code; ours are safetensors, written whole or not."""

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from cnnpruner.atomic import write_atomically
from cnnpruner.errors import UnreadableWeights

ENTRIES = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
"""Where training scripts commonly put the weights in a checkpoint."""

PREFIXES = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before every name."""

SHOWN = 3


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Tensors by name from a .safetensors file or a torch checkpoint; nothing in the file is executed.

    A `state_dict` (or `model`, `net`, …) entry and a `module.` prefix are understood. Raises UnreadableWeights for a
    file that is missing, damaged, of another kind, or a pickle that carries code.
    """
    if not path.is_file():
        raise UnreadableWeights(f"There is no checkpoint file {path.name}; look it up in the list of data.")
    state = read_weights(path) if path.suffix == ".safetensors" else _find_state(_read_torch(path), path)
    return {_strip(name): value for name, value in state.items()}


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name from a safetensors file; raises UnreadableWeights where it is missing or damaged."""
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise UnreadableWeights(
            f"{path.name} is no whole safetensors file ({error}); copy or export it again.", file=path.name
        ) from error


def input_channels(state: dict[str, Tensor]) -> int | None:
    """Channels of the images that these weights were trained on: those of the first convolution; None without one."""
    return next((value.shape[1] for value in state.values() if value.ndim == 4), None)


def load_weights(network: nn.Module, state: dict[str, Tensor]) -> None:
    """Put `state` into `network` (in place). Raises UnreadableWeights that names the first keys that differ.

    Counters of batches (`num_batches_tracked`), which old checkpoints lack, may be missing.
    """
    own = network.state_dict()
    missing = [n for n in own if n not in state and not n.endswith("num_batches_tracked")]
    unexpected = [name for name in state if name not in own]
    shapes = [n for n in own if n in state and own[n].shape != state[n].shape]
    if missing or unexpected or shapes:
        raise UnreadableWeights(
            _differences(own, state, missing, unexpected, shapes),
            missing=missing[:50],
            unexpected=unexpected[:50],
            other_shape=shapes[:50],
        )
    for name, value in state.items():
        if value.layout != torch.strided or value.is_meta or value.is_complex() or value.is_quantized:
            raise UnreadableWeights(f"Tensor {name} is no plain array of real numbers; save the state_dict as such.")
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise UnreadableWeights(f"Tensor {name} holds numbers that are not finite; take another checkpoint.")
    network.load_state_dict(state, strict=False)


def write_weights(network: nn.Module, path: Path) -> int:
    """Write the network's state to `path` as safetensors without metadata; returns its size in bytes.

    The file is there whole or not at all. Raises StorageFailed.
    """
    state = {name: value.detach().cpu().contiguous().clone() for name, value in network.state_dict().items()}
    write_atomically(path, lambda temporary: _save(state, temporary))
    return path.stat().st_size


def _save(state: dict[str, Tensor], path: Path) -> None:
    try:
        save_file(state, path)
    except SafetensorError as error:  # hides the system's error (no space left) behind one of its own
        raise OSError(str(error)) from error


def _read_torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "unsupported operand" in str(error).lower():
            raise UnreadableWeights(
                f"{path.name} is no torch checkpoint, or a bare pickle of Python objects, and reading that could run "
                "code, so it is refused. Save the plain state_dict with torch.save, or safetensors, and take that.",
                file=path.name,
            ) from error
        if "weights_only" in str(error).lower() or "unsupported" in str(error).lower():
            raise UnreadableWeights(
                f"{path.name} holds Python objects, not only tensors, and reading them could run code, so it is "
                "refused. Save the plain state_dict, or safetensors, and take that.",
                file=path.name,
            ) from error
        raise _damaged(path, error) from error
    except Exception as error:  # torch raises many kinds for a damaged or foreign file
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UnreadableWeights:
    reason = str(error).partition("\n")[0][:200]
    return UnreadableWeights(
        f"{path.name} is damaged or no torch checkpoint ({reason or type(error).__name__}); copy or save it again.",
        file=path.name,
    )


def _find_state(content: Any, path: Path) -> dict[str, Tensor]:
    if isinstance(content, dict):
        for entry in ENTRIES:
            if isinstance(content.get(entry), dict):
                content = content[entry]
                break
        tensors = {str(name): value.data for name, value in content.items() if isinstance(value, Tensor)}
        if tensors:
            return tensors
    raise UnreadableWeights(
        f"{path.name} holds no weights: neither tensors by name nor an entry {', '.join(ENTRIES)} with them.",
        file=path.name,
    )


def _strip(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _differences(
    own: dict[str, Tensor], state: dict[str, Tensor], missing: list[str], unexpected: list[str], shapes: list[str]
) -> str:
    shaped = [f"{n} ({_shape(state[n])} in the file, {_shape(own[n])} in the network)" for n in shapes]
    parts = (("missing", missing), ("unexpected", unexpected), ("of another shape", shaped))
    listed = "; ".join(f"{len(names)} {what}: {_first(names)}" for what, names in parts if names)
    return f"The checkpoint does not fit the network. {listed}. Choose the network and options that it was saved from."


def _first(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _shape(value: Tensor) -> str:
    return "×".join(str(length) for length in value.shape) or "scalar"
