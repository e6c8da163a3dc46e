"""`cnnpruner list`: what a running server has and can make experiments of."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client

HELP = "experiments of a running server, and the data that it may read"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server."""
    add_server(parser)


def run(choice: argparse.Namespace) -> int:
    """List experiments, data and networks of a running server."""
    client = Client(choice.server)
    for experiment in client.experiments():
        sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    listing = client.data()
    for entry in listing.entries:
        sys.stdout.write(f"{entry.kind}: {entry.path or 'comes with the program'}\n")
    for network in listing.networks:
        sys.stdout.write(f"network {network.name}: {network.title}\n")
    if listing.timm_networks:
        sys.stdout.write(f"network timm:NAME: {len(listing.timm_networks):,} networks of timm\n")
    return 0
