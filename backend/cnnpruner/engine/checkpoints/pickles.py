"""Reads files written by torch.save without running code in them. Harmless objects that are not tensors are skipped."""

import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import torch

from cnnpruner.errors import UnreadableWeights

MAX_NAMED_CLASSES = 3


class _ObjectPlaceholder:
    """Placeholder for an object whose content is not needed. The class of the object is never imported."""

    def __new__(cls, *_arguments: Any) -> "_ObjectPlaceholder":
        return object.__new__(cls)

    def __setstate__(self, state: Any) -> None:
        """Ignore the object's content."""


class _DictPlaceholder:
    """Placeholder for an instance of a dictionary class other than dict. It may contain weights, so it is read as a
    dict.
    """

    def __new__(cls, *_arguments: Any) -> Any:
        return {}


class _ListPlaceholder:
    """Placeholder for an instance of a sequence class other than list. The instance is read as a list."""

    def __new__(cls, *_arguments: Any) -> Any:
        return []


DICT_CLASSES = (
    "collections.defaultdict",
    "lightning.fabric.utilities.data.AttributeDict",
    "lightning.pytorch.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
    "pytorch_lightning.utilities.parsing.AttributeDict",
)
LIST_CLASSES = ("collections.deque",)
HARMLESS_CLASSES = (
    "argparse.Namespace", "types.SimpleNamespace", "datetime.date", "datetime.datetime", "datetime.time",
    "datetime.timedelta", "datetime.timezone", "zoneinfo.ZoneInfo._unpickle", "decimal.Decimal", "fractions.Fraction",
    "uuid.UUID", "builtins.frozenset", "builtins.slice", "builtins.range", "builtins.object",
    "torch.torch_version.TorchVersion",
    # classes to which a file may refer without an object of theirs, such as the default of a defaultdict
    "builtins.bool", "builtins.dict", "builtins.float", "builtins.int", "builtins.list", "builtins.str",
    "builtins.tuple",
    *(f"pathlib.{module}{name}" for module in ("", "_local.") for name in (
        "Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath")),
    "numpy.dtype", "numpy.ndarray",
    *(f"numpy.{module}.multiarray.{name}" for module in ("core", "_core") for name in ("scalar", "_reconstruct")),
    "numpy._core.numeric._frombuffer", "numpy.core.numeric._frombuffer",
    *(f"numpy.{name}" for name in (
        "bool_", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
        "uint64")),
    *(f"{package}.callbacks.{name}" for package in ("pytorch_lightning", "lightning.pytorch") for name in (
        "model_checkpoint.ModelCheckpoint", "early_stopping.EarlyStopping")),
)  # fmt: skip
"""Names of harmless classes and functions. Training scripts often save such objects along with the weights; they are
skipped.
"""

_ALLOWED_GLOBALS: list[Any] = [
    *((_ObjectPlaceholder, name) for name in HARMLESS_CLASSES),
    *((_DictPlaceholder, name) for name in DICT_CLASSES),
    *((_ListPlaceholder, name) for name in LIST_CLASSES),
]


def read_pickle_file(path: Path) -> Any:
    """Return the object that torch.save wrote to the file, with empty placeholders in place of harmless objects.

    Raises UnreadableWeights if the file is damaged or contains objects of other classes; the message names these
    classes.
    """
    with torch.serialization.safe_globals(_ALLOWED_GLOBALS), warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # torch warns of old formats
        try:
            return torch.load(file, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            raise _unpickling_error(path, error) from error
        except Exception as error:  # torch raises many types for a damaged file or another format
            raise damaged_file_error(path, error) from error


def damaged_file_error(path: Path, error: Exception) -> UnreadableWeights:
    """Return an error saying that the file is damaged or of an unknown kind."""
    reason = str(error).partition("\n")[0][:200]
    return UnreadableWeights(
        f"{path.name} is damaged or not a torch checkpoint ({reason or type(error).__name__}); copy or save it again.",
        file=path.name,
    )


def _unpickling_error(path: Path, error: Exception) -> UnreadableWeights:
    text = str(error)
    names = _unsafe_classes(path, text)
    if names:
        shown_class_names = ", ".join(names[:MAX_NAMED_CLASSES])
        omitted_text = f" and {len(names) - MAX_NAMED_CLASSES} more" if len(names) > MAX_NAMED_CLASSES else ""
        return UnreadableWeights(
            f"{path.name} contains Python objects besides tensors ({shown_class_names}{omitted_text}). Reading them "
            "could run code, so the file is refused. Save the plain state_dict with torch.save or as safetensors, and "
            "use that file.",
            file=path.name,
            classes=names,
        )
    if "unsupported operand" in text.lower():
        return UnreadableWeights(
            f"{path.name} is not a torch checkpoint, or is a bare pickle of Python objects. Reading it could run "
            "code, so the file is refused. Save the plain state_dict with torch.save or as safetensors.",
            file=path.name,
        )
    return damaged_file_error(path, error)


def _unsafe_classes(path: Path, text: str) -> list[str]:
    """Return the names of all classes in the file that are not allowed. If these classes cannot be determined, return
    the class that torch's message names.
    """
    reported_class_names = re.findall(r"GLOBAL ([\w.]+)", text)
    try:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except (ValueError, RuntimeError, OSError, EOFError, pickle.UnpicklingError):  # no ZIP archive, or other opcodes
        names = []
    return list(dict.fromkeys([*reported_class_names, *sorted(names)]))
