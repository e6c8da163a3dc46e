"""Registers Python factories of networks and data sets, at server start or from the command line. Does not import
torch.

An HTTP request cannot name code to run, only a factory that is registered here.
"""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnpruner.atomic import atomic_replacement
from cnnpruner.errors import InvalidInput, StorageFailed

FACTORIES_FILE = "networks.json"
"""File in the model store to which the command line adds factories while a server is running."""

_FACTORY_USAGE = (
    "write NAME=package.module:function or NAME=folder/file.py:function; add arguments as function(width=32)"
)
_NAME_PATTERN = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_FACTORY_CALL_PATTERN = re.compile(r"(?P<function>[A-Za-z_][\w.]*)(?P<arguments>\(.*\))?", re.DOTALL)


@dataclass(frozen=True)
class Factory:
    """A function that returns an `nn.Module` or data sets: where it is defined, and which arguments it is called
    with.
    """

    module: str
    """Dotted module name, or the absolute path of a .py file."""
    function: str
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The factory as a user would write it. If it is in a file, the text contains the full path of the file."""
        return self._format_call(self.module)

    @property
    def label(self) -> str:
        """The factory as a user would write it, but without its file's folder, so that visitors see no server paths."""
        return self._format_call(Path(self.module).name if self.module.endswith(".py") else self.module)

    def _format_call(self, module: str) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{module}:{self.function}{f'({arguments})' if arguments else ''}"


class FactoryRegistry:
    """Factories by name: those given at server start, and those read from a file in the model store."""

    def __init__(self, file: str) -> None:
        self._name = file
        self._given_at_start: dict[str, Factory] = {}
        self._file: Path | None = None

    def register(self, named_factories: Mapping[str, Factory], folder: Path | None = None) -> None:
        """Register the factories in `named_factories`, and the factories that the command line later adds to the file
        in `folder`.
        """
        self._given_at_start = dict(named_factories)
        self._file = folder / self._name if folder is not None else None

    def all_factories(self) -> dict[str, Factory]:
        """Return all registered factories by name."""
        return (read_factories(self._file) if self._file is not None else {}) | self._given_at_start


_NETWORK_FACTORIES = FactoryRegistry(FACTORIES_FILE)
register, all_factories = _NETWORK_FACTORIES.register, _NETWORK_FACTORIES.all_factories


def save_factory(name: str, factory: Factory, folder: Path, file_name: str = FACTORIES_FILE) -> None:
    """Add a factory to the file that is read by all servers with the model store `folder`. Raises StorageFailed if the
    file cannot be written.
    """
    file = folder / file_name
    texts = {key: stored_factory.text for key, stored_factory in read_factories(file).items()} | {name: factory.text}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_replacement(file) as temporary_path:
            temporary_path.write_text(json.dumps(texts, indent=2) + "\n")
    except OSError as error:
        raise StorageFailed(
            f"{file} could not be written ({error.strerror}); set --models to the server's model store."
        ) from error


def parse_named_factory(text: str) -> tuple[str, Factory]:
    """Return the name and the factory in a text such as `NAME=FACTORY`. Raises InvalidInput if the text cannot be
    parsed.
    """
    name, equals_sign, factory_text = text.strip().partition("=")
    if not equals_sign or not _NAME_PATTERN.fullmatch(name):
        raise InvalidInput(
            f"{text!r} is not a named factory; {_FACTORY_USAGE}. "
            "Names may contain letters, digits, underscores, dots and hyphens."
        )
    return name, parse_factory(factory_text)


def parse_factory(text: str) -> Factory:
    """Return the factory in a text such as `package.module:function(width=32)` or `folder/file.py:function`. Raises
    InvalidInput if the text cannot be parsed.
    """
    module, separator, call = text.strip().partition(":")
    call_match = _FACTORY_CALL_PATTERN.fullmatch(call.strip())
    if not separator or not module or call_match is None:
        raise InvalidInput(f"{text!r} is not a factory; {_FACTORY_USAGE}.")
    if module.endswith(".py"):
        module = str(Path(module).expanduser().resolve())
    elif not all(name.isidentifier() for name in module.split(".")):
        raise InvalidInput(f"{module!r} is neither a module name nor a .py file; {_FACTORY_USAGE}.")
    return Factory(module, call_match["function"], _parse_arguments(call_match["arguments"] or "()", text))


def _parse_arguments(text: str, factory: str) -> dict[str, Any]:
    try:
        call = ast.parse(f"f{text}", mode="eval").body
        if isinstance(call, ast.Call) and not call.args and all(keyword.arg for keyword in call.keywords):
            return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError):
        pass
    raise InvalidInput(
        f"The arguments in {factory!r} cannot be parsed; write keyword arguments with literal values: (width=32, "
        "kind='a')."
    )


def read_factories(file: Path) -> dict[str, Factory]:
    """Return the factories, by name, that `save_factory` wrote to a file; empty if there is no such file. Raises
    InvalidInput if the file cannot be read.
    """
    try:
        texts = json.loads(file.read_text())
        return {name: parse_factory(text) for name, text in texts.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, InvalidInput) as error:
        raise InvalidInput(f"{file} cannot be read ({error}); fix or remove it.") from error
