"""Criteria that users bring: Python files of one folder, and entry points of the group `cnnpruner.criteria`."""

import hashlib
import importlib.util
import inspect
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from cnnpruner.errors import InvalidInput, NotFound
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, StaticCriterion

GROUP = "cnnpruner.criteria"


@dataclass(frozen=True)
class Source:
    """Where criteria come from. Knowing it imports nothing."""

    label: str
    """File name, or `entry point NAME`."""
    origin: Path | EntryPoint

    @property
    def stem(self) -> str:
        """What to call it where it cannot be imported."""
        return self.origin.stem if isinstance(self.origin, Path) else self.origin.name


@dataclass(frozen=True)
class Plugin:
    """A user's criterion, and which text of its file it was made from."""

    kind: type[Criterion]
    version: str
    """First digits of the SHA-256 of its file: values by another text are not taken for its own."""


def find_sources(folder: Path | None) -> list[Source]:
    """All files `*.py` of the folder but those that begin with an underscore, by name, and all entry points."""
    files = sorted(folder.glob("[!_.]*.py")) if folder is not None else []
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return [
        *(Source(path.name, path) for path in files),
        *(Source(f"entry point {point.name}", point) for point in points),
    ]


def load_plugins(source: Source) -> list[Plugin]:
    """The criteria of a source, by importing it: this runs the user's code.

    Raises InvalidInput where there is none or one lacks a method, and whatever the import raises.
    """
    found = _of_file(source.origin) if isinstance(source.origin, Path) else _of_point(source.origin)
    if not found:
        raise InvalidInput("It defines no criterion: no class with a `name` derives from FilterCriterion or another.")
    for kind in found:
        lacking = sorted(kind.__abstractmethods__)
        if lacking or not issubclass(kind, DataCriterion | StaticCriterion):
            sentence = f"lacks {', '.join(lacking)}" if lacking else "derives from none of the classes that score"
            raise InvalidInput(f"Class {kind.__name__} {sentence}.")
    return [Plugin(kind, _version(kind)) for kind in found]


def _of_file(path: Path) -> list[type[Criterion]]:
    name = f"cnnpruner_criteria.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and `inspect` look for it
    spec.loader.exec_module(module)
    return classes_of(module)


def _of_point(point: EntryPoint) -> list[type[Criterion]]:
    loaded = point.load()
    if isinstance(loaded, ModuleType):
        return classes_of(loaded)
    return [loaded] if _is_criterion(loaded) else []


def classes_of(module: ModuleType) -> list[type[Criterion]]:
    """The criteria that a module itself defines."""
    return [one for one in vars(module).values() if _is_criterion(one) and one.__module__ == module.__name__]


def _is_criterion(thing: object) -> bool:
    """A class with a name of its own; those without one are a user's own bases."""
    return inspect.isclass(thing) and issubclass(thing, Criterion) and hasattr(thing, "name")


def _version(kind: type[Criterion]) -> str:
    path = inspect.getsourcefile(kind)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8] if path else ""


@lru_cache(maxsize=64)
def find_plugin(folder: Path | None, label: str, name: str) -> Plugin:
    """The criterion `name` of the source `label`, imported once a process. Raises NotFound where it is gone."""
    for source in find_sources(folder):
        if source.label == label:
            for plugin in load_plugins(source):
                if plugin.kind.name == name:
                    return plugin
    raise NotFound(f"Criterion {name} of {label} is gone; put its file back, or start the server anew.", criterion=name)
