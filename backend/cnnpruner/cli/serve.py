"""`cnnpruner serve`: start the server."""

import argparse
from dataclasses import replace
from pathlib import Path

from cnnpruner import config

HELP = "start the server and open its page in the browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds options that take precedence over the environment variables."""
    defaults = config.from_environment()
    parser.add_argument("--host", default=defaults.host, help="address to listen on (env: HOST; default %(default)s)")
    parser.add_argument("--port", default=str(defaults.port), help="port to listen on (env: PORT; default %(default)s)")
    parser.add_argument(
        "--database", default=defaults.database, help="database: an SQLite file or an SQLAlchemy URL (env: DB)"
    )
    parser.add_argument("--models", type=Path, default=defaults.models, help="folder of the model store (env: MODELS)")
    text = "folder from which data and checkpoints may be read; can be given more than once (env: DATA)"
    parser.add_argument("--data", action="append", help=text)
    parser.add_argument("--criteria", default=defaults.criteria, help="folder with your own criteria (env: CRITERIA)")
    text = "your own network: NAME=package.module:function or NAME=folder/file.py:function(width=32) (env: NETWORKS)"
    parser.add_argument("--network", action="append", metavar="NAME=FACTORY", help=text)
    text = "your own data set: function that returns (train, selection) or (train, selection, test) (env: DATASETS)"
    parser.add_argument("--data-factory", action="append", metavar="NAME=FACTORY", help=text)
    text = "additional host name of the server; can be given more than once (env: ALLOWED_HOSTS)"
    parser.add_argument("--allowed-host", action="append", help=text)
    text = "file with the owner's token (env: CNNPRUNER_TOKEN; default: a new token if other machines can connect)"
    parser.add_argument("--token-file", type=Path, help=text)
    text = (
        "if the model store belongs to another database, move its files aside and start with an empty model store "
        "(env: NEW_STORE=1)"
    )
    parser.add_argument("--new-store", action="store_true", help=text)
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser (env: NO_BROWSER=1)")
    parser.add_argument(
        "--no-demo", action="store_true", help="do not create the demo experiment in a new database (env: DEMO=0)"
    )


def run(args: argparse.Namespace) -> int:
    """Runs the server until it is interrupted."""
    from cnnpruner.api.server import serve  # imports FastAPI, which no other command needs

    defaults = config.from_environment()
    data = defaults.data
    if args.data:
        data = tuple(folder for text in args.data for folder in config.parse_data_folders(text))
    server_config = replace(
        defaults,
        database=config.parse_database_url(args.database),
        models=args.models.expanduser().resolve(),
        data=data,
        host=args.host,
        port=config.parse_port(args.port),
        demo=defaults.demo and not args.no_demo,
        open_browser=defaults.open_browser and not args.no_browser,
        criteria=config.parse_criteria_folder(str(args.criteria or "")),
        token=config.read_token(args.token_file) if args.token_file else defaults.token,
        allowed_hosts=defaults.allowed_hosts + config.parse_host_names(",".join(args.allowed_host or [])),
        networks=tuple(args.network) if args.network else defaults.networks,
        datasets=tuple(args.data_factory) if args.data_factory else defaults.datasets,
        start_new_store=defaults.start_new_store or args.new_store,
    )
    serve(server_config)
    return 0
