"""User-defined data sets from Python factories, registered when the server or the command line starts.

Does not import torch.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from cnnpruner.domain.tree.experiments import DataKind
from cnnpruner.errors import InvalidInput, UnusableData
from cnnpruner.planning.networks.factories import Factory, FactoryRegistry, parse_named_factory

DATASET_FACTORIES_FILE = "datasets.json"
"""Name of a file in the model store, to which the command line adds factories while a server is running."""

_DATASET_FACTORIES = FactoryRegistry(DATASET_FACTORIES_FILE)
all_factories = _DATASET_FACTORIES.all_factories


def register_datasets(named_factories: Sequence[str], folder: Path | None = None) -> None:
    """Register `named_factories` (each as NAME=FACTORY). Factories in the file in `folder` count as registered, too,
    even if the command line adds them later. Raises InvalidInput if a factory cannot be parsed or has the name of a
    built-in data set.
    """
    factories = dict(parse_named_factory(text) for text in named_factories)
    for name in factories:
        check_name_is_free(name)
    _DATASET_FACTORIES.register(factories, folder)


def check_name_is_free(name: str) -> None:
    """Raise InvalidInput if a built-in data set has this name."""
    if name in get_args(DataKind):
        raise InvalidInput(f"{name} is a built-in data set; choose another name for yours.", data=name)


def find_factory(name: str) -> Factory:
    """Return the factory registered under this name. Raises UnusableData if there is none."""
    factories = all_factories()
    if name not in factories:
        similar_names = difflib.get_close_matches(name, factories, n=3)
        suggestion = f" Did you mean {' or '.join(similar_names)}?" if similar_names else ""
        raise UnusableData(
            f"No data factory is registered as {name!r}.{suggestion} Start the server with "
            f"--data-factory {name}=package.module:function to register it.",
            near=similar_names,
        )
    return factories[name]
