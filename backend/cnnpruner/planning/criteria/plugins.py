"""User-defined criteria: Python files in one folder, and entry points in the group `cnnpruner.criteria`."""

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

ENTRY_POINT_GROUP = "cnnpruner.criteria"


@dataclass(frozen=True)
class CriterionSource:
    """A file or entry point that defines criteria and has not been imported yet."""

    label: str
    """File name, or `entry point` followed by the name of the entry point."""
    origin: Path | EntryPoint

    @property
    def fallback_name(self) -> str:
        """Name under which the source is listed if it cannot be imported."""
        return self.origin.stem if isinstance(self.origin, Path) else self.origin.name


@dataclass(frozen=True)
class Plugin:
    """A user-defined criterion, and the version of the file that defines it."""

    kind: type[Criterion]
    version: str
    """First digits of the file's SHA-256. Scores that were computed with another version of the file are not reused."""


def find_criterion_sources(folder: Path | None) -> list[CriterionSource]:
    """Return all `*.py` files in the folder whose names do not start with an underscore or dot, and all entry points,
    both sorted by name.
    """
    files = sorted(folder.glob("[!_.]*.py")) if folder is not None else []
    plugin_entry_points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry_point: entry_point.name)
    return [
        *(CriterionSource(path.name, path) for path in files),
        *(CriterionSource(f"entry point {entry_point.name}", entry_point) for entry_point in plugin_entry_points),
    ]


def load_plugins(source: CriterionSource) -> list[Plugin]:
    """Import a source, which runs the user's code, and return its criteria. Raises InvalidInput if the source has no
    criterion or if a criterion lacks a method. Errors raised by the user's code are passed on.
    """
    criterion_classes = (
        _load_criteria_from_file(source.origin)
        if isinstance(source.origin, Path)
        else _load_criteria_from_entry_point(source.origin)
    )
    if not criterion_classes:
        raise InvalidInput(
            "No criterion is defined: write a class that derives from FilterCriterion, StaticCriterion or "
            "DataCriterion, and give it a `name`."
        )
    for criterion_class in criterion_classes:
        missing_methods = sorted(criterion_class.__abstractmethods__)
        if missing_methods or not issubclass(criterion_class, DataCriterion | StaticCriterion):
            name = criterion_class.__name__
            raise InvalidInput(
                f"Class {name} lacks the method {', '.join(missing_methods)}."
                if missing_methods
                else f"Class {name} must derive from FilterCriterion, StaticCriterion or DataCriterion."
            )
    return [Plugin(criterion_class, _hash_criterion_file(criterion_class)) for criterion_class in criterion_classes]


def _load_criteria_from_file(path: Path) -> list[type[Criterion]]:
    name = f"cnnpruner_criteria.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and `inspect` look it up there
    spec.loader.exec_module(module)
    return find_criterion_classes(module)


def _load_criteria_from_entry_point(entry_point: EntryPoint) -> list[type[Criterion]]:
    loaded_object = entry_point.load()
    if isinstance(loaded_object, ModuleType):
        return find_criterion_classes(loaded_object)
    return [loaded_object] if _is_criterion(loaded_object) else []


def find_criterion_classes(module: ModuleType) -> list[type[Criterion]]:
    """Return the criterion classes that a module defines itself, without imported ones."""
    return [value for value in vars(module).values() if _is_criterion(value) and value.__module__ == module.__name__]


def _is_criterion(value: object) -> bool:
    """Whether the value is a criterion class with a name. Criterion classes without a name are base classes."""
    return inspect.isclass(value) and issubclass(value, Criterion) and hasattr(value, "name")


def _hash_criterion_file(kind: type[Criterion]) -> str:
    path = inspect.getsourcefile(kind)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8] if path else ""


@lru_cache(maxsize=64)
def find_plugin(folder: Path | None, label: str, name: str) -> Plugin:
    """Return the criterion `name` from the source `label`, which is imported once per process.

    Raises NotFound if the criterion no longer exists.
    """
    for source in find_criterion_sources(folder):
        if source.label == label:
            for plugin in load_plugins(source):
                if plugin.kind.name == name:
                    return plugin
    raise NotFound(
        f"Criterion {name} from {label} no longer exists; restore its file, or restart the server.", criterion=name
    )
