"""The `cnnpruner` command: serve, create, inspect what there is."""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace

from cnnpruner import config
from cnnpruner.cli.arguments import make_parser
from cnnpruner.errors import CNNPrunerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where it went well, 1 where an error was told, 2 for wrong usage."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        return _run(make_parser().parse_args(arguments))
    except CNNPrunerError as error:
        sys.stderr.write(f"cnnpruner: {error.message}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(choice: argparse.Namespace) -> int:
    if choice.command == "serve":
        return _serve(choice)
    if choice.command == "criteria":
        return _criteria(choice)
    if choice.command == "links":
        from cnnpruner.cli import links as link_commands

        return link_commands.run(choice)
    if choice.command in ("inspect", "inspect-data"):
        return _inspect(choice)
    if choice.command == "create":
        from cnnpruner.cli.factories import register_all

        register_all(choice)
    from cnnpruner.cli import bundles as leaving
    from cnnpruner.cli import experiments as commands

    if choice.command in leaving.COMMANDS:
        return leaving.COMMANDS[choice.command](choice)
    return commands.create(choice) if choice.command == "create" else commands.show(choice)


def _inspect(choice: argparse.Namespace) -> int:
    if choice.command == "inspect-data":
        from cnnpruner.cli.inspect_data import inspect_data

        return inspect_data(choice)
    from cnnpruner.cli.inspect_network import inspect

    return inspect(choice)


def _criteria(choice: argparse.Namespace) -> int:
    if choice.action == "list":
        from cnnpruner.cli import experiments as commands

        return commands.show_criteria(choice)
    from cnnpruner.worker.criteria_check import check_files

    return check_files(choice.file)


def _serve(choice: argparse.Namespace) -> int:
    from cnnpruner.api.server import serve

    start = config.from_environment()
    data = start.data
    if choice.data:
        data = tuple(folder for text in choice.data for folder in config.data_folders(text))
    chosen = replace(
        start,
        database=config.database_url(choice.database),
        models=choice.models.expanduser().resolve(),
        data=data,
        host=choice.host,
        port=config.port_number(choice.port),
        demo=start.demo and not choice.no_demo,
        browser=start.browser and not choice.no_browser,
        criteria=config.criteria_folder(str(choice.criteria or "")),
        token=config.read_token(choice.token_file) if choice.token_file else start.token,
        allowed_hosts=start.allowed_hosts + config.host_names(",".join(choice.allowed_host or [])),
        networks=tuple(choice.network) if choice.network else start.networks,
        datasets=tuple(choice.data_factory) if choice.data_factory else start.datasets,
        new_store=start.new_store or choice.new_store,
    )
    serve(chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
