"""`cnnpruner list`: list a server's experiments, and the data sets and networks it can create experiments from."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client

HELP = "list the experiments, data sets and networks of a running server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the argument `--server`."""
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Lists experiments, data sets and networks of a running server."""
    client = Client(args.server)
    for experiment in client.experiments():
        sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    listing = client.data()
    for entry in listing.entries:
        sys.stdout.write(f"{entry.kind}: {entry.path or 'built in'}\n")
    for network in listing.networks:
        sys.stdout.write(f"network {network.name}: {network.title}\n")
    if listing.timm_networks:
        sys.stdout.write(f"network timm:NAME: {len(listing.timm_networks):,} networks of timm\n")
    return 0
