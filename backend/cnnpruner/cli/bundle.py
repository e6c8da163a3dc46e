"""`cnnpruner bundle`: save a whole experiment as one file."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client

HELP = "save a whole experiment as one file, for another server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which experiment, and what goes into the file."""
    parser.add_argument("experiment", type=int, help="its number")
    parser.add_argument("file", help="file or folder")
    parser.add_argument("--no-weights", action="store_true", help="smaller; nodes can be read there, but not pruned")
    parser.add_argument("--pictures", action="store_true", help="with small pictures of the selection images: data")
    add_server(parser)


def run(choice: argparse.Namespace) -> int:
    """Save a whole experiment as one file."""
    path = Client(choice.server).bundle(choice.experiment, choice.file, not choice.no_weights, choice.pictures)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0
