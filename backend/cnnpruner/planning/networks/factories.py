"""Networks and data sets from Python factories, named by whoever starts the server or the command line. Free of torch.

No request over HTTP names code: it can only use a name that was registered here.
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

FILE = "networks.json"
"""In the model store: factories that the command line named for a server that runs."""

_FORM = "write NAME=package.module:function or NAME=folder/file.py:function, with arguments as function(width=32)"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_CALL = re.compile(r"(?P<function>[A-Za-z_][\w.]*)(?P<arguments>\(.*\))?", re.DOTALL)


@dataclass(frozen=True)
class Factory:
    """A callable that gives an `nn.Module` or data sets: where it is, and what it is called with."""

    module: str
    """Dotted name, or the absolute path of a .py file."""
    function: str
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """As a person writes it, with the whole path of a file."""
        return self._write(self.module)

    @property
    def label(self) -> str:
        """The same without the folder, for those who have no business with this machine's paths."""
        return self._write(Path(self.module).name if self.module.endswith(".py") else self.module)

    def _write(self, module: str) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{module}:{self.function}{f'({given})' if given else ''}"


class Registry:
    """Factories by name: those that the server was started with, and those in a file of its model store."""

    def __init__(self, file: str) -> None:
        self._name = file
        self._started_with: dict[str, Factory] = {}
        self._file: Path | None = None

    def start(self, named: Mapping[str, Factory], folder: Path | None = None) -> None:
        """Register `named`, and those that the command line writes into `folder` from now on."""
        self._started_with = dict(named)
        self._file = folder / self._name if folder is not None else None

    def registered(self) -> dict[str, Factory]:
        """Factory by name, as registered now."""
        return (read_file(self._file) if self._file is not None else {}) | self._started_with


_NETWORKS = Registry(FILE)
start, registered = _NETWORKS.start, _NETWORKS.registered


def remember(name: str, factory: Factory, folder: Path, file_name: str = FILE) -> None:
    """Register a factory with the servers of this model store. Raises StorageFailed."""
    file = folder / file_name
    texts = {known: one.text for known, one in read_file(file).items()} | {name: factory.text}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_replacement(file) as temporary:
            temporary.write_text(json.dumps(texts, indent=2) + "\n")
    except OSError as error:
        raise StorageFailed(
            f"{file} could not be written ({error.strerror}); give the --models of the server."
        ) from error


def read_named(text: str) -> tuple[str, Factory]:
    """`NAME=FACTORY` → name and factory. Raises InvalidInput."""
    name, equals, rest = text.strip().partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise InvalidInput(f"{text!r} names nothing of your own; {_FORM}. A name has letters, digits and _ . - only.")
    return name, read_factory(rest)


def read_factory(text: str) -> Factory:
    """`package.module:function(width=32)` or `folder/file.py:function` → factory. Raises InvalidInput."""
    module, colon, call = text.strip().partition(":")
    found = _CALL.fullmatch(call.strip())
    if not colon or not module or found is None:
        raise InvalidInput(f"{text!r} names no factory; {_FORM}.")
    if module.endswith(".py"):
        module = str(Path(module).expanduser().resolve())
    elif not all(part.isidentifier() for part in module.split(".")):
        raise InvalidInput(f"{module!r} is neither a dotted module nor a .py file; {_FORM}.")
    return Factory(module, found["function"], _read_arguments(found["arguments"] or "()", text))


def _read_arguments(text: str, whole: str) -> dict[str, Any]:
    try:
        call = ast.parse(f"f{text}", mode="eval").body
        if isinstance(call, ast.Call) and not call.args and all(given.arg for given in call.keywords):
            return {str(given.arg): ast.literal_eval(given.value) for given in call.keywords}
    except (SyntaxError, ValueError):
        pass
    raise InvalidInput(
        f"The arguments in {whole!r} cannot be read; write names with plain values: (width=32, kind='a')."
    )


def read_file(file: Path) -> dict[str, Factory]:
    """Factory by name of a file that `remember` wrote; none where there is no file. Raises InvalidInput."""
    try:
        texts = json.loads(file.read_text())
        return {name: read_factory(text) for name, text in texts.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, InvalidInput) as error:
        raise InvalidInput(f"{file} cannot be read ({error}); mend or remove it.") from error
