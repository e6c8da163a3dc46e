"""`cnnpruner bundle`: save a whole experiment as one file."""

import argparse
import sys

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client

HELP = "save a whole experiment as one file that another server can load"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments: the experiment, the file, and what to include in the bundle."""
    parser.add_argument("experiment", type=int, help="id of the experiment")
    parser.add_argument("file", help="file or folder to save to")
    parser.add_argument(
        "--no-weights",
        action="store_true",
        help="leave out the weights: the file is smaller, but its nodes can only be viewed, not pruned",
    )
    parser.add_argument("--pictures", action="store_true", help="include thumbnails of the selection images")
    add_server_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Saves a whole experiment as one file."""
    path = Client(args.server).bundle(args.experiment, args.file, not args.no_weights, args.pictures)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0
