"""Names a person's own network to the server of a model store, by a file that only its own machine can write."""

import argparse
from pathlib import Path

from cnnpruner.client.client import Client
from cnnpruner.engine.networks.catalogue import check_free
from cnnpruner.engine.networks.factories import FILE, read_factory, read_file, remember
from cnnpruner.errors import Conflict


def register(choice: argparse.Namespace) -> None:
    """Name `choice.factory` as `choice.network`.

    Raises InvalidInput for a name that is taken, Conflict where experiments have it for another factory, and where the
    server reads another model store.
    """
    check_free(choice.network)
    folder: Path = choice.models.expanduser().resolve()
    factory, client = read_factory(choice.factory), Client(choice.server)
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
    remember(choice.network, factory, folder)
    if all(network.name != choice.network for network in client.data().networks):
        raise Conflict(f"The server at {choice.server} does not read {folder / FILE}; {cure}")
