"""Registers user-defined networks and data sets in a file of the model store that only the server's account can
write to."""

import argparse
from pathlib import Path

from cnnpruner.client.client import Client
from cnnpruner.data import factories as data_factories
from cnnpruner.errors import Conflict
from cnnpruner.planning.networks.catalogue import check_name_is_free
from cnnpruner.planning.networks.factories import FACTORIES_FILE, parse_factory, read_factories, save_factory


def register_factories(args: argparse.Namespace) -> None:
    """Registers the factories given on the command line. Raises the same errors as `register_network`."""
    if args.factory:
        register_network(args)
    if args.data_factory:
        register_data(args)


def register_data(args: argparse.Namespace) -> None:
    """Registers `args.data_factory` under the name `args.data`. Raises the same errors as `register_network`."""
    data_factories.check_name_is_free(args.data)
    folder: Path = args.models.expanduser().resolve()
    factory, client = parse_factory(args.data_factory), Client(args.server)
    fix = (
        f"set --models to the folder of the server's model store, or start the server with "
        f"--data-factory '{args.data}={factory.text}'."
    )
    if not folder.is_dir():
        raise Conflict(f"{folder} is not the model store of the server at {args.server}; {fix}")
    registered_factory = read_factories(folder / data_factories.DATASET_FACTORIES_FILE).get(args.data)
    if registered_factory not in (None, factory) and any(
        experiment.data.name == args.data for experiment in client.experiments()
    ):
        factory_text = registered_factory.text if registered_factory else ""
        raise Conflict(
            f"Existing experiments use the name {args.data} for {factory_text}; choose another name for --data."
        )
    save_factory(args.data, factory, folder, data_factories.DATASET_FACTORIES_FILE)
    if all((entry.kind, entry.path) != ("factory", args.data) for entry in client.data().entries):
        raise Conflict(
            f"The server at {args.server} does not read {folder / data_factories.DATASET_FACTORIES_FILE}; {fix}"
        )


def register_network(args: argparse.Namespace) -> None:
    """Registers `args.factory` under the name `args.network`.

    Raises InvalidInput if a built-in network has this name. Raises Conflict if experiments use the name for another
    factory, or if `args.models` is not the server's model store.
    """
    check_name_is_free(args.network)
    folder: Path = args.models.expanduser().resolve()
    factory, client = parse_factory(args.factory), Client(args.server)
    fix = (
        f"set --models to the folder of the server's model store, or start the server with "
        f"--network '{args.network}={factory.text}'."
    )
    if not folder.is_dir():
        raise Conflict(f"{folder} is not the model store of the server at {args.server}; {fix}")
    registered_factory = read_factories(folder / FACTORIES_FILE).get(args.network)
    experiments = client.experiments() if registered_factory not in (None, factory) else []
    if any(experiment.network.name == args.network for experiment in experiments):
        factory_text = registered_factory.text if registered_factory else ""
        raise Conflict(
            f"Existing experiments use the name {args.network} for {factory_text}; choose another name for --network."
        )
    save_factory(args.network, factory, folder)
    if all(network.name != args.network for network in client.data().networks):
        raise Conflict(f"The server at {args.server} does not read {folder / FACTORIES_FILE}; {fix}")
