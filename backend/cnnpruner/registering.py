"""Names a person's own network to the server of a model store, by a file that only its own machine can write."""

import argparse
from pathlib import Path

from cnnpruner.client.client import Client
from cnnpruner.engine.networks.catalogue import check_free
from cnnpruner.engine.networks.factories import FILE, read_factory, remember
from cnnpruner.errors import Conflict


def register(choice: argparse.Namespace) -> None:
    """Name `choice.factory` as `choice.network`.

    Raises InvalidInput for a name that is taken, Conflict where the server reads another model store.
    """
    check_free(choice.network)
    folder: Path = choice.models.expanduser().resolve()
    factory = read_factory(choice.factory)
    remember(choice.network, factory, folder)
    if all(network.name != choice.network for network in Client(choice.server).data().networks):
        raise Conflict(
            f"The server at {choice.server} does not read {folder / FILE}; give --models with the folder that it was "
            f"started with, or start it with --network '{choice.network}={factory.text}'."
        )
