"""`cnnpruner report`: write a tree as one page of HTML."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client

HELP = "write a tree as one HTML page that needs no server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which experiment, and where the page goes."""
    parser.add_argument("experiment", type=int, help="its number")
    parser.add_argument("file", help="file or folder")
    add_server(parser)


def run(choice: argparse.Namespace) -> int:
    """Write a tree as one page."""
    path = Client(choice.server).report(choice.experiment, choice.file)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e3:.0f} kB\n")
    return 0
