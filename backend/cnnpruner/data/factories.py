"""Data sets from Python factories, named by whoever starts the server or the command line. Free of torch."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from cnnpruner.domain.tree.experiments import DataKind
from cnnpruner.errors import InvalidInput, UnusableData
from cnnpruner.planning.networks.factories import Factory, Registry, parse_named_factory

FILE = "datasets.json"
"""In the model store: factories that the command line named for a server that runs."""

_DATASETS = Registry(FILE)
registered = _DATASETS.registered


def register_datasets(named: Sequence[str], folder: Path | None = None) -> None:
    """Register `named` (NAME=FACTORY), and those that the command line writes into `folder` from now on.

    Raises InvalidInput for what cannot be read and for a name that is taken.
    """
    found = dict(parse_named_factory(text) for text in named)
    for name in found:
        check_free(name)
    _DATASETS.start(found, folder)


def check_free(name: str) -> None:
    """Raise InvalidInput where a kind of data of ours has this name."""
    if name in get_args(DataKind):
        raise InvalidInput(f"Data {name} exists already; choose another name for your own.", data=name)


def find_factory(name: str) -> Factory:
    """The factory of this name. Raises UnusableData where nobody named one so."""
    known = registered()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        meant = f"did you mean {' or '.join(near)}? It" if near else "a data set of your own"
        raise UnusableData(
            f"There is no data factory {name!r} here; {meant} is named when the server is started: "
            f"--data-factory {name}=package.module:function.",
            near=near,
        )
    return known[name]
