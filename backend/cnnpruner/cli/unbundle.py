"""`cnnpruner unbundle`: make an experiment of a bundle on a running server."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client

HELP = "make an experiment of such a file on a running server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and which server."""
    parser.add_argument("file", help="the bundle")
    add_server(parser)


def run(choice: argparse.Namespace) -> int:
    """Make an experiment of such a file."""
    experiment = Client(choice.server).unbundle(choice.file)
    sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    for notice in experiment.notices:
        sys.stdout.write(f"  note: {notice}\n")
    sys.stdout.write(f"{choice.server.partition('#')[0].rstrip('/')}/?experiment={experiment.id}\n")
    return 0
