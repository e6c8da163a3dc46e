"""Imports and calls a person's own Python factory. Only workers and the command line come here."""

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnpruner.errors import InvalidInput
from cnnpruner.planning.networks.factories import Factory

Fault = type[InvalidInput]
"""The kind of error that a failing factory raises."""
Known = Mapping[tuple[str, ...], int | None]
"""Usual names of an argument → what it gets where the factory takes it; None: it is left to the factory."""

CHANNELS = ("channels", "in_channels", "in_chans", "input_channels")
SIZES = ("image_size", "img_size", "input_size")


def call_factory(factory: Factory, known: Known, fault: Fault) -> Any:
    """What the factory gives. Raises `fault`, with the line that failed, where it cannot be imported or called."""
    function = _find_function(factory, fault)
    arguments = _fill_in(function, factory.arguments, known)
    try:
        return function(**arguments)
    except Exception as error:
        raise failed(factory, "fails when it is called", error, fault) from error


def _find_function(factory: Factory, fault: Fault) -> Callable[..., Any]:
    try:
        found: Any = _import(factory.module)
    except Exception as error:
        raise failed(factory, "cannot be imported", error, fault) from error
    for part in factory.function.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise fault(f"Factory {factory.label}: it has no function or class {factory.function}; correct its name.")
    return found  # type: ignore[no-any-return]


def _import(module: str) -> ModuleType:
    if not module.endswith(".py"):
        return importlib.import_module(module)
    path = Path(module)
    name = f"{path.stem}_{abs(hash(module)):x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:  # for what the file imports from beside it
        sys.path.append(str(path.parent))
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        del sys.modules[name]
        raise
    return made


def _fill_in(function: Callable[..., Any], given: Mapping[str, Any], known: Known) -> dict[str, Any]:
    try:
        takes = inspect.signature(function).parameters
    except (TypeError, ValueError):  # something built in
        return dict(given)
    filled = dict(given)
    for names, value in known.items():
        name = next((name for name in names if name in takes), None)
        if name is not None and value is not None and name not in given:
            filled[name] = value
    return filled


def failed(factory: Factory, what: str, error: Exception, fault: Fault) -> InvalidInput:
    """The error that says what failed in which line of their code, and the cure."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_theirs(frame.filename)]
    where = f", {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    reason = str(error).partition("\n")[0].rstrip(".") or "no reason given"
    cure = "Mend it there."
    if isinstance(error, ModuleNotFoundError):
        cure = "Put its folder on PYTHONPATH, or name the file: folder/file.py:function."
    return fault(
        f"Factory {factory.label} {what} ({type(error).__name__}{where}): {reason}. {cure}",
        factory=factory.label,
    )


def _is_theirs(filename: str) -> bool:
    return filename != __file__ and not filename.startswith("<frozen")
