"""Import and call user-defined Python factories. Only workers and the command line do this."""

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

ErrorType = type[InvalidInput]
"""The type of error to raise when a factory fails."""
Arguments = Mapping[tuple[str, ...], int | None]
"""Values for optional arguments of factories. Each key lists common names of one argument; None: pass nothing."""

CHANNEL_ARGUMENTS = ("channels", "in_channels", "in_chans", "input_channels")
SIZE_ARGUMENTS = ("image_size", "img_size", "input_size")


def call_factory(factory: Factory, arguments: Arguments, error_type: ErrorType) -> Any:
    """Return what the factory returns. Raises `error_type` with the failing line if it cannot be imported or called."""
    function = _find_function(factory, error_type)
    keywords = _choose_keywords(function, factory.arguments, arguments)
    try:
        return function(**keywords)
    except Exception as error:
        raise factory_error(factory, "fails when it is called", error, error_type) from error


def _find_function(factory: Factory, error_type: ErrorType) -> Callable[..., Any]:
    try:
        target: Any = _import(factory.module)
    except Exception as error:
        raise factory_error(factory, "cannot be imported", error, error_type) from error
    for name in factory.function.split("."):
        target = getattr(target, name, None)
    if not callable(target):
        raise error_type(
            f"Factory {factory.label}: the module has no function or class {factory.function}; correct its name."
        )
    return target  # type: ignore[no-any-return]


def _import(module_or_file: str) -> ModuleType:
    if not module_or_file.endswith(".py"):
        return importlib.import_module(module_or_file)
    path = Path(module_or_file)
    name = f"{path.stem}_{abs(hash(module_or_file)):x}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:  # the file may import modules from its own folder
        sys.path.append(str(path.parent))
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _choose_keywords(
    function: Callable[..., Any], user_arguments: Mapping[str, Any], arguments: Arguments
) -> dict[str, Any]:
    """Return the keyword arguments to call the function with; those that the user wrote take precedence."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a built-in without a signature
        return dict(user_arguments)
    keywords = dict(user_arguments)
    for names, value in arguments.items():
        name = next((name for name in names if name in parameters), None)
        if name is not None and value is not None and name not in user_arguments:
            keywords[name] = value
    return keywords


def factory_error(factory: Factory, failure: str, error: Exception, error_type: ErrorType) -> InvalidInput:
    """Return an error that says what failed, in which line of the user's code, and what to do about it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_user_code(frame.filename)]
    line = f", {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    reason = str(error).partition("\n")[0].rstrip(".") or "no reason given"
    cure = "Fix the error in the factory."
    if isinstance(error, ModuleNotFoundError):
        cure = "Add its folder to PYTHONPATH, or name the file: folder/file.py:function."
    return error_type(
        f"Factory {factory.label} {failure} ({type(error).__name__}{line}): {reason}. {cure}",
        factory=factory.label,
    )


def _is_user_code(filename: str) -> bool:
    return filename != __file__ and not filename.startswith("<frozen")
