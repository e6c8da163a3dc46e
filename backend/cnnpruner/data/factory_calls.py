"""Import and call user-defined Python factories. Only workers and the command line do this."""

import importlib
import importlib.util
import inspect
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from cnnpruner.errors import InvalidInput
from cnnpruner.planning.networks.factories import Factory

FactoryErrorClass = type[InvalidInput]
"""The type of error to raise when a factory fails."""
FactoryArguments = Mapping[tuple[str, ...], int | None]
"""Values that are passed to a factory if it has arguments for them.

Each key lists the common names of one argument. If the value is None, the argument is not passed.
"""

CHANNEL_ARGUMENT_NAMES = ("channels", "in_channels", "in_chans", "input_channels")
_PACKAGE_FOLDER = str(Path(__file__).parents[1]) + "/"
_LIBRARY_FOLDERS = tuple(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib", "purelib", "platlib"))
SIZE_ARGUMENT_NAMES = ("image_size", "img_size", "input_size")


def call_factory(factory: Factory, arguments: FactoryArguments, error_type: FactoryErrorClass) -> Any:
    """Call the factory and return its result. Raises `error_type`, with the line that failed, if the factory cannot be
    imported or fails.
    """
    function = _find_function(factory, error_type)
    keyword_arguments = _choose_keyword_arguments(function, factory.arguments, arguments)
    try:
        return function(**keyword_arguments)
    except Exception as error:
        raise factory_error(factory, f"Factory {factory.label} fails when it is called", error, error_type) from error


def _find_function(factory: Factory, error_type: FactoryErrorClass) -> Callable[..., Any]:
    try:
        target: Any = _import_module_or_file(factory.module)
    except Exception as error:
        raise factory_error(factory, f"Factory {factory.label} cannot be imported", error, error_type) from error
    for name in factory.function.split("."):
        target = getattr(target, name, None)
    if not callable(target):
        raise error_type(
            f"Factory {factory.label}: the module has no function or class {factory.function}; correct its name."
        )
    return target  # type: ignore[no-any-return]


def _import_module_or_file(module_or_file: str) -> ModuleType:
    if not module_or_file.endswith(".py"):
        return importlib.import_module(module_or_file)
    path = Path(module_or_file)
    name = f"{path.stem}_{abs(hash(module_or_file)):x}"
    if name in sys.modules:
        return sys.modules[name]
    module_spec = importlib.util.spec_from_file_location(name, path)
    assert module_spec is not None
    assert module_spec.loader is not None
    module = importlib.util.module_from_spec(module_spec)
    if str(path.parent) not in sys.path:  # the file may import modules from its own folder
        sys.path.append(str(path.parent))
    sys.modules[name] = module
    try:
        module_spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _choose_keyword_arguments(
    function: Callable[..., Any], user_arguments: Mapping[str, Any], arguments: FactoryArguments
) -> dict[str, Any]:
    """Return the keyword arguments for the call of `function`: all of `user_arguments`, and those of `arguments` that
    the function accepts. `user_arguments` take precedence.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # a built-in without a signature
        return dict(user_arguments)
    keyword_arguments = dict(user_arguments)
    for names, value in arguments.items():
        name = next((name for name in names if name in parameters), None)
        if name is not None and value is not None and name not in user_arguments:
            keyword_arguments[name] = value
    return keyword_arguments


def factory_error(
    factory: Factory, failure: str, error: Exception, error_type: FactoryErrorClass, location: str = ""
) -> InvalidInput:
    """Return an error that says what failed, in which line of the user's code, and what to do about it.

    failure: a sentence without a full stop that names the factory and says what failed.
    location: the code that returned the faulty value. The error names it if the traceback contains no line of the
    user's code.
    """
    line = _find_user_code_line(error, location)
    reason = str(error).partition("\n")[0].rstrip(".") or "no reason given"
    fix = "Fix the error in the factory."
    if isinstance(error, ModuleNotFoundError):
        fix = "Add the module's folder to PYTHONPATH, or give the file's path: folder/file.py:function."
    return error_type(
        f"{failure} ({type(error).__name__}{line}): {reason}. {fix}",
        factory=factory.label,
    )


def find_getitem_location(dataset: Any) -> str:
    """Return the method that makes the items of a data set, with its file and line, such as `Faces.__getitem__,
    faces.py:12`. For a subset, this is the method of the data set from which the subset is taken. An empty string if
    the items are not made by user code.
    """
    while hasattr(dataset, "dataset") and not _is_user_code(_getitem_file(dataset)):
        dataset = dataset.dataset
    file = _getitem_file(dataset)
    if not _is_user_code(file):
        return ""
    code = inspect.unwrap(type(dataset).__getitem__).__code__
    return f"{type(dataset).__name__}.__getitem__, {Path(file).name}:{code.co_firstlineno}"


def _getitem_file(dataset: Any) -> str:
    function = inspect.unwrap(getattr(type(dataset), "__getitem__", None) or (lambda: None))
    code = getattr(function, "__code__", None)
    return code.co_filename if code is not None else ""


def _find_user_code_line(error: Exception, location: str) -> str:
    """Return the innermost line of user code in the traceback. If there is none, return `location` or, if that is
    empty, the innermost line of a library.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_package_code(frame.filename)]
    user_frames = [frame for frame in frames if _is_user_code(frame.filename)]
    if location and not user_frames:
        return f", {location}"
    return "".join(f", {Path(frame.filename).name}:{frame.lineno}" for frame in (user_frames or frames)[-1:])


def _is_package_code(filename: str) -> bool:
    return filename.startswith((_PACKAGE_FOLDER, "<frozen"))


def _is_user_code(filename: str) -> bool:
    """Whether a file is the user's own: not part of this package, of Python, or of an installed library."""
    return bool(filename) and not _is_package_code(filename) and not filename.startswith(_LIBRARY_FOLDERS)
