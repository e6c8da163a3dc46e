"""Where in the network's own source an operation stands."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType

import torch
from torch import nn

_TORCH = str(Path(torch.__file__).parent) + "/"
_HERE = str(Path(__file__).parent) + "/"


def locate_call(modules: Mapping[int, str]) -> str:
    """`models/net.py:42` of the operation that is being traced, or the module that it belongs to.

    modules: name by id of every module of the network.
    """
    frame = _frame_of_network()
    if frame is not None:
        return f"{_show(frame.f_code.co_filename)}:{frame.f_lineno}"
    name = find_calling_module(modules)
    return f"in {name}" if name else "in the network"


def find_calling_module(modules: Mapping[int, str]) -> str:
    """Name of the innermost module that is running; empty for the network itself."""
    for frame in _frames():
        module = frame.f_locals.get("self")
        if isinstance(module, nn.Module) and id(module) in modules:
            return modules[id(module)]
    return ""


def locate_error(trace: TracebackType | None) -> str | None:
    """`models/net.py:42` of the innermost line of the network's own source that raised; None in torch's modules."""
    place, is_inside = None, False
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        is_inside = is_inside or name.startswith(_TORCH)  # from torch's Module.__call__ on
        if is_inside and _is_networks(name):
            place = f"{_show(name)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def describe_location(error: BaseException) -> str:
    """` at models/net.py:42`, for a sentence about what the network raised; empty where no line of its own did."""
    place = locate_error(error.__traceback__)
    return f" at {place}" if place else ""


def _frames() -> list[FrameType]:
    """The frames of the network's run, innermost first: those between tracing's own."""
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    while frame is not None and not frame.f_code.co_filename.startswith(_HERE):
        frames.append(frame)
        frame = frame.f_back
    return frames


def _frame_of_network() -> FrameType | None:
    return next((frame for frame in _frames() if _is_networks(frame.f_code.co_filename)), None)


def _is_networks(name: str) -> bool:
    return not name.startswith((_TORCH, _HERE, "<frozen"))


def _show(name: str) -> str:
    """A path as Python imports it: relative to the nearest folder of `sys.path`, else its last two parts."""
    path = Path(name)
    homes = [Path(home) for home in sys.path if home and path.is_relative_to(home)]
    if homes:
        return path.relative_to(max(homes, key=lambda home: len(home.parts))).as_posix()
    return "/".join(path.parts[-2:])
