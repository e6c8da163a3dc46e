"""Finds the line of the network's source code that ran an operation or raised an error."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType

import torch
from torch import nn

_TORCH_FOLDER = str(Path(torch.__file__).parent) + "/"
_TRACING_FOLDER = str(Path(__file__).parent) + "/"
_SURGERY_FOLDER = str(Path(__file__).parents[1] / "surgery") + "/"
"""Folder with code that intercepts torch functions during the network's forward pass. Stack frames in its files are
skipped.
"""


def locate_call(modules: Mapping[int, str]) -> str:
    """Return where the current operation runs: a text such as `at models/net.py:42` or, if no line is known, `in`
    followed by the name of the running module. modules: names of the network's modules, by Python's `id` of the module.
    """
    frame = _network_frame()
    if frame is not None:
        return f"at {_short_path(frame.f_code.co_filename)}:{frame.f_lineno}"
    name = find_calling_module(modules)
    return f"in {name}" if name else "in the network"


def find_calling_module(modules: Mapping[int, str]) -> str:
    """Return the name of the innermost module that is running; an empty string for the network itself."""
    for frame in _network_call_frames():
        module = frame.f_locals.get("self")
        if isinstance(module, nn.Module) and id(module) in modules:
            return modules[id(module)]
    return ""


def locate_error(traceback: TracebackType | None) -> str | None:
    """Return the innermost line of the network's code in a traceback, as `models/net.py:42`; None if the traceback
    contains no such line.
    """
    location, is_inside_network = None, False
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        is_inside_network = is_inside_network or name.startswith(_TORCH_FOLDER)  # from torch's Module.__call__ on
        if is_inside_network and _is_network_file(name):
            location = f"{_short_path(name)}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return location


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or the name of the error's class if there is no message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def describe_location(error: BaseException) -> str:
    """Return a text such as ` at models/net.py:42` to append to an error message; an empty string if no line of the
    network raised the error.
    """
    location = locate_error(error.__traceback__)
    return f" at {location}" if location else ""


def _network_call_frames() -> list[FrameType]:
    """Return the stack frames of the network's forward pass, innermost first, without the frames of this package."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_TRACING_FOLDER):
        frame = frame.f_back
    while frame is not None and not frame.f_code.co_filename.startswith(_TRACING_FOLDER):
        frames.append(frame)
        frame = frame.f_back
    return frames


def _network_frame() -> FrameType | None:
    return next((frame for frame in _network_call_frames() if _is_network_file(frame.f_code.co_filename)), None)


def _is_network_file(name: str) -> bool:
    return not name.startswith((_TORCH_FOLDER, _TRACING_FOLDER, _SURGERY_FOLDER, "<frozen"))


def _short_path(name: str) -> str:
    """Return a short form of a path: the path relative to the deepest folder of `sys.path` that contains it or, if no
    such folder does, the last two components of the path.
    """
    path = Path(name)
    roots = [Path(root) for root in sys.path if root and path.is_relative_to(root)]
    if roots:
        return path.relative_to(max(roots, key=lambda root: len(root.parts))).as_posix()
    return "/".join(path.parts[-2:])
