"""The `cnnpruner` command. Each subcommand is a module with `HELP`, `add_arguments` and `run`."""

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from cnnpruner import __version__
from cnnpruner.errors import CNNPrunerError

COMMANDS = {
    "serve": "serve",
    "inspect": "inspect_network",
    "inspect-data": "inspect_data",
    "create": "create",
    "export": "export",
    "plan": "plans.plan",
    "suggest": "plans.suggest",
    "autopilot": "plans.autopilot",
    "latency": "latency",
    "bundle": "bundles.bundle",
    "unbundle": "bundles.unbundle",
    "report": "report",
    "links": "links",
    "list": "list",
    "criteria": "criteria",
}
"""Subcommands and their modules, in the order in which the help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the subcommand that the arguments name. Returns the exit status: 0 for success, 1 for failure, 130 after
    Ctrl+C. Incorrect usage raises SystemExit with status 2.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        args = make_parser().parse_args(arguments)
        code: int = _command_module(args.command).run(args)
    except CNNPrunerError as error:
        sys.stderr.write(f"cnnpruner: {error.message}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def make_parser() -> argparse.ArgumentParser:
    """Returns the command-line parser, with defaults from the environment variables."""
    parser = argparse.ArgumentParser(prog="cnnpruner", description="Prune a convolutional network interactively.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        module = _command_module(name)
        module.add_arguments(commands.add_parser(name, help=module.HELP))
    return parser


def _command_module(command: str) -> ModuleType:
    return import_module(f"{__name__}.{COMMANDS[command]}")
