"""`cnnpruner unbundle`: create an experiment from a bundle on a running server."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client

HELP = "create an experiment from a bundle on a running server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the file and the server."""
    parser.add_argument("file", help="bundle file")
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Creates an experiment from a bundle."""
    experiment = Client(args.server).unbundle(args.file)
    sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    for notice in experiment.notices:
        sys.stdout.write(f"  note: {notice}\n")
    sys.stdout.write(f"{args.server.partition('#')[0].rstrip('/')}/?experiment={experiment.id}\n")
    return 0
