"""What each command takes, and the sentences that say so."""

import argparse
from pathlib import Path

from cnnpruner import __version__, config


def make_parser() -> argparse.ArgumentParser:
    """Reads the line of a person; defaults come from the environment."""
    parser = argparse.ArgumentParser(prog="cnnpruner", description="Prune a convolutional network interactively.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands.add_parser("serve", help="start the server and open the page"))
    _add_inspect(commands.add_parser("inspect", help="what can be cut in a network, with the proof; needs no server"))
    _add_inspect_data(commands.add_parser("inspect-data", help="what is in a data set, and what is wrong with it"))
    _add_create(commands.add_parser("create", help="make an experiment on a running server"))
    _add_export(commands.add_parser("export", help="download a node's network in a portable format, checked"))
    _add_leaving(commands)
    _add_links(commands.add_parser("links", help="let others see a tree: make, list and withdraw links"))
    listing = commands.add_parser("list", help="experiments of a running server, and the data that it may read")
    _add_server(listing)
    _add_criteria(commands.add_parser("criteria", help="what filters can be scored by; check one of your own"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
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


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "network", nargs="*", help="resnet18, timm:resnet10t, package.module:function, file.py:function"
    )
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option or argument of it")
    parser.add_argument("--image-size", type=int, help="edge in pixels (default: what is usual for the network)")
    parser.add_argument("--channels", type=int, help="of the images (default 3)")
    parser.add_argument("--classes", type=int, help="that it tells apart (default 1000; a factory's own)")
    parser.add_argument("--image", type=Path, help="a picture to run it on; without one, noise")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--weights", type=Path, help="checkpoint file")
    weights.add_argument("--pretrained", action="store_true", help="weights that torchvision or timm publish")
    parser.add_argument("--seed", type=int, default=0, help="of fresh weights, of noise and of the random cut")
    parser.add_argument("--all", action="store_true", help="one classifier of each family of torchvision")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table of all of them, too")


def _add_criteria(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="does it meet the contract of all criteria? Runs the file")
    check.add_argument("file", type=Path, nargs="+", help="Python file with your criterion")
    _add_server(actions.add_parser("list", help="criteria of a running server, and why some were skipped"))


def _add_links(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    make = actions.add_parser("make", help="print a new link; it is told this once")
    make.add_argument("experiment", type=int, help="its number")
    make.add_argument("--node", type=int, help="id of the node that it opens")
    make.add_argument("--edit", action="store_true", help="its holder may edit; else look only")
    make.add_argument("--may-export", action="store_true", help="its holder may take weights away")
    make.add_argument("--name", default="", help="for whom, to know it again")
    make.add_argument("--days", type=float, help="how long it is good; else until it is withdrawn")
    listing = actions.add_parser("list", help="all links to a tree")
    listing.add_argument("experiment", type=int, help="its number")
    withdraw = actions.add_parser("withdraw", help="let a link open nothing any more")
    withdraw.add_argument("link", type=int, help="its number")
    for action in (make, listing, withdraw):
        _add_server(action)


def _add_server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", default=config.server_url(), help="address of the server (default %(default)s)")


def _add_inspect_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", type=Path, help="image folder: train/<class>/*.jpg, and val/ where it is")
    parser.add_argument("--data-factory", help="in place of a folder: package.module:function or file.py:function()")
    parser.add_argument("--unseen", type=Path, help="folder <class>/*.jpg of pictures that the weights have not seen")
    _add_framing(parser)
    parser.add_argument("--image-size", type=int, help="edge in pixels (default: as the pictures have it, at most 224)")
    parser.add_argument("--mean", type=float, nargs="+", help="per channel, pixels 0-1 (default: found)")
    parser.add_argument("--std", type=float, nargs="+", help="per channel, pixels 0-1 (default: found)")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-path", help="where it lies, relative to a data folder of the server")
    parser.add_argument("--unseen", help="folder <class>/*.jpg that the weights have not seen, relative as well")
    _add_framing(parser)


def _add_framing(parser: argparse.ArgumentParser) -> None:
    crop = "crop: shorter edge resized, centre cut out; stretch: both edges resized (default %(default)s)"
    parser.add_argument("--resize", choices=("crop", "stretch"), default="crop", help=crop)
    share = "share of the resized edge that is kept: 0.875 resizes to 256 for 224 (default %(default)s)"
    parser.add_argument("--crop-share", type=float, default=1.0, help=share)


def _add_create(parser: argparse.ArgumentParser) -> None:
    _add_server(parser)
    parser.add_argument("--name", help="shown in the page")
    kinds = "digits, cifar10, cifar100, mnist, fashion_mnist, folder, or the name of a data factory"
    parser.add_argument("--data", required=True, help=kinds)
    parser.add_argument("--data-factory", help="package.module:function or file.py:function() that gives the data sets")
    _add_data(parser)
    parser.add_argument("--download", action="store_true", help="let the server fetch the set where it is missing")
    parser.add_argument(
        "--network", required=True, help="its name, see `cnnpruner list`; timm:NAME; with --factory: any"
    )
    parser.add_argument(
        "--factory", help="package.module:function or file.py:function(width=32) that makes the network"
    )
    parser.add_argument("--models", type=Path, default=config.from_environment().models, help="of the server (MODELS)")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="of the network")
    parser.add_argument("--weights", help="checkpoint, relative to a data folder; without one the root is trained")
    parser.add_argument("--pretrained", action="store_true", help="begin with weights that torchvision or timm publish")
    parser.add_argument("--train", action="store_true", help="train on from --weights; its head may have other classes")
    parser.add_argument("--epochs", type=int, help="of training the root")
    parser.add_argument("--learning-rate", type=float, help="of training the root")
    parser.add_argument("--image-size", type=int, help="edge in pixels")
    parser.add_argument("--mean", type=float, nargs="+", help="per channel, pixels 0-1")
    parser.add_argument("--std", type=float, nargs="+", help="per channel, pixels 0-1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=0.005, help="loss of accuracy that counts as recovered")
    parser.add_argument("--target-accuracy", type=float, help="what must be kept, 0-1")
    parser.add_argument("--wait", action="store_true", help="show the progress until the root is ready")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node", type=int, help="id of the node, as in the page's address")
    parser.add_argument("--format", choices=("safetensors", "onnx", "torch_export"), default="safetensors")
    parser.add_argument("--to", help="file, or folder (FOLDER/ makes it; default: here)")
    parser.add_argument("--test", action="store_true", help="measure it on the test split too: at most once a node")
    _add_server(parser)


def _add_leaving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bundle = commands.add_parser("bundle", help="save a whole experiment as one file, for another server")
    bundle.add_argument("experiment", type=int, help="its number")
    bundle.add_argument("file", help="file or folder")
    bundle.add_argument("--no-weights", action="store_true", help="smaller; nodes can be read there, but not pruned")
    bundle.add_argument("--pictures", action="store_true", help="with small pictures of the selection images: data")
    unbundle = commands.add_parser("unbundle", help="make an experiment of such a file on a running server")
    unbundle.add_argument("file", help="the bundle")
    report = commands.add_parser("report", help="write a tree as one HTML page that needs no server")
    report.add_argument("experiment", type=int, help="its number")
    report.add_argument("file", help="file or folder")
    for parser in (bundle, unbundle, report):
        _add_server(parser)
