"""Names a person's own network or data to the server of a model store, by a file that others cannot write."""

import argparse
from pathlib import Path

from cnnpruner.client.client import Client
from cnnpruner.data import factories as data_factories
from cnnpruner.errors import Conflict
from cnnpruner.planning.networks.catalogue import check_name_available
from cnnpruner.planning.networks.factories import FILE, parse_factory, read_file, save_factory


def register_all(choice: argparse.Namespace) -> None:
    """Name what `choice` has factories for. Raises as `register` does."""
    if choice.factory:
        register(choice)
    if choice.data_factory:
        register_data(choice)


def register_data(choice: argparse.Namespace) -> None:
    """Name `choice.data_factory` as `choice.data`. Raises as `register` does."""
    data_factories.check_free(choice.data)
    folder: Path = choice.models.expanduser().resolve()
    factory, client = parse_factory(choice.data_factory), Client(choice.server)
    cure = (
        f"give --models with the folder that it was started with, or start it with "
        f"--data-factory '{choice.data}={factory.text}'."
    )
    if not folder.is_dir():
        raise Conflict(f"{folder} is no model store of the server at {choice.server}; {cure}")
    before = read_file(folder / data_factories.FILE).get(choice.data)
    if before not in (None, factory) and any(one.data.name == choice.data for one in client.experiments()):
        raise Conflict(f"Experiments have {choice.data} for {before.text if before else ''}; choose another --data.")
    save_factory(choice.data, factory, folder, data_factories.FILE)
    if all((entry.kind, entry.path) != ("factory", choice.data) for entry in client.data().entries):
        raise Conflict(f"The server at {choice.server} does not read {folder / data_factories.FILE}; {cure}")


def register(choice: argparse.Namespace) -> None:
    """Name `choice.factory` as `choice.network`.

    Raises InvalidInput for a name that is taken, Conflict where experiments have it for another factory, and where the
    server reads another model store.
    """
    check_name_available(choice.network)
    folder: Path = choice.models.expanduser().resolve()
    factory, client = parse_factory(choice.factory), Client(choice.server)
    cure = (
        f"give --models with the folder that it was started with, or start it with "
        f"--network '{choice.network}={factory.text}'."
    )
    if not folder.is_dir():
        raise Conflict(f"{folder} is no model store of the server at {choice.server}; {cure}")
    before = read_file(folder / FILE).get(choice.network)
    if before not in (None, factory) and any(one.network.name == choice.network for one in client.experiments()):
        raise Conflict(
            f"Experiments have {choice.network} for {before.text if before else ''}; choose another --network."
        )
    save_factory(choice.network, factory, folder)
    if all(network.name != choice.network for network in client.data().networks):
        raise Conflict(f"The server at {choice.server} does not read {folder / FILE}; {cure}")
