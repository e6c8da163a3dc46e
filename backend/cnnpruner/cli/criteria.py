"""`cnnpruner criteria`: list what filters can be scored by; check criteria of your own."""

import argparse
import sys
from pathlib import Path

from cnnpruner.cli.arguments import add_server
from cnnpruner.client.client import Client

HELP = "what filters can be scored by; check one of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its actions."""
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="does it meet the contract of all criteria? Runs the file")
    check.add_argument("file", type=Path, nargs="+", help="Python file with your criterion")
    add_server(actions.add_parser("list", help="criteria of a running server, and why some were skipped"))


def run(choice: argparse.Namespace) -> int:
    """Carry out the action."""
    if choice.action == "list":
        return _list(choice)
    from cnnpruner.worker.criteria_check import check_files  # torch, and the user's code

    return check_files(choice.file)


def _list(choice: argparse.Namespace) -> int:
    """List what filters can be scored by, and what was skipped."""
    for one in Client(choice.server).criteria():
        origin = f" ({one.source})" if one.source else ""
        if one.error is not None:
            sys.stdout.write(f"{one.name}{origin} SKIPPED: {one.error}\n")
            continue
        sys.stdout.write(f"{one.name}{origin}: {one.help}\n")
        for option in one.options:
            sys.stdout.write(f"    {option.name} = {option.default}: {option.help}\n")
    return 0
