"""`cnnpruner serve`: start the server."""

import argparse
from dataclasses import replace
from pathlib import Path

from cnnpruner import config

HELP = "start the server and open the page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the environment says, for this start alone."""
    start = config.from_environment()
    parser.add_argument("--host", default=start.host, help="address to listen on (HOST; default %(default)s)")
    parser.add_argument("--port", default=str(start.port), help="PORT; default %(default)s")
    parser.add_argument("--database", default=start.database, help="SQLite file or SQLAlchemy URL (DB)")
    parser.add_argument("--models", type=Path, default=start.models, help="folder of the model store (MODELS)")
    parser.add_argument("--data", action="append", help="folder that data and checkpoints may be read from (DATA)")
    parser.add_argument("--criteria", default=start.criteria, help="folder of your own criteria (CRITERIA)")
    own = "NAME=package.module:function or NAME=folder/file.py:function(width=32): a network of your own (NETWORKS)"
    parser.add_argument("--network", action="append", metavar="NAME=FACTORY", help=own)
    own = "the same for data: a function that returns (train, selection) or (train, selection, test) (DATASETS)"
    parser.add_argument("--data-factory", action="append", metavar="NAME=FACTORY", help=own)
    own = "name by which it is reached, beside its own; may be repeated (ALLOWED_HOSTS)"
    parser.add_argument("--allowed-host", action="append", help=own)
    token = "file with the owner's token (or CNNPRUNER_TOKEN); beyond 127.0.0.1 one is made where there is none"
    parser.add_argument("--token-file", type=Path, help=token)
    new = "where the model store is not this database's, move its content aside and begin a new one (NEW_STORE=1)"
    parser.add_argument("--new-store", action="store_true", help=new)
    parser.add_argument("--no-browser", action="store_true", help="open no browser (NO_BROWSER=1)")
    parser.add_argument("--no-demo", action="store_true", help="make no demo experiment on a new database (DEMO=0)")


def run(choice: argparse.Namespace) -> int:
    """Serve until it is interrupted."""
    from cnnpruner.api.server import serve  # FastAPI: no other command needs it

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
