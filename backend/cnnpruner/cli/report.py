"""`cnnpruner report`: save a tree as one HTML page."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client

HELP = "save a tree as one HTML page that needs no server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the experiment and the file."""
    parser.add_argument("experiment", type=int, help="id of the experiment")
    parser.add_argument("file", help="file or folder to save to")
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Saves a tree as one HTML page."""
    path = Client(args.server).report(args.experiment, args.file)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e3:.0f} kB\n")
    return 0
