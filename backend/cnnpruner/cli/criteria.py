"""`cnnpruner criteria`: list the criteria of a server, and check user-defined ones."""

import argparse
import sys
from pathlib import Path

from cnnpruner.cli.arguments import add_server_argument
from cnnpruner.client.client import Client

HELP = "list criteria, or check one of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions `list` and `check`."""
    actions = parser.add_subparsers(dest="action", required=True)
    check_parser = actions.add_parser("check", help="run your criterion and check that it meets all requirements")
    check_parser.add_argument("file", type=Path, nargs="+", help="Python file with your criterion")
    add_server_argument(
        actions.add_parser(
            "list", help="list a running server's criteria, with the reason for each one that was skipped"
        )
    )


def run(args: argparse.Namespace) -> int:
    """Runs the action given on the command line."""
    if args.action == "list":
        return _list_criteria(args)
    from cnnpruner.worker.criteria_check import check_criterion_files  # imports torch and the user's code

    return check_criterion_files(args.file)


def _list_criteria(args: argparse.Namespace) -> int:
    """Prints each criterion of the server, with its options or, if it was skipped, with the reason."""
    for criterion in Client(args.server).criteria():
        origin = f" ({criterion.source})" if criterion.source else ""
        if criterion.error is not None:
            sys.stdout.write(f"{criterion.name}{origin} SKIPPED: {criterion.error}\n")
            continue
        sys.stdout.write(f"{criterion.name}{origin}: {criterion.help}\n")
        for option in criterion.options:
            sys.stdout.write(f"    {option.name} = {option.default}: {option.help}\n")
    return 0
