"""Commands by which something leaves a server: `export`, `bundle` and `unbundle`, `report`."""

import argparse
import sys
from collections.abc import Callable

from cnnpruner.cli.exports import export
from cnnpruner.client.client import Client


def bundle(choice: argparse.Namespace) -> int:
    """Save a whole experiment as one file."""
    path = Client(choice.server).bundle(choice.experiment, choice.file, not choice.no_weights, choice.pictures)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def unbundle(choice: argparse.Namespace) -> int:
    """Make an experiment of such a file."""
    experiment = Client(choice.server).unbundle(choice.file)
    sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    for notice in experiment.notices:
        sys.stdout.write(f"  note: {notice}\n")
    sys.stdout.write(f"{choice.server.partition('#')[0].rstrip('/')}/?experiment={experiment.id}\n")
    return 0


def report(choice: argparse.Namespace) -> int:
    """Write a tree as one page."""
    path = Client(choice.server).report(choice.experiment, choice.file)
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e3:.0f} kB\n")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "export": export,
    "bundle": bundle,
    "unbundle": unbundle,
    "report": report,
}
