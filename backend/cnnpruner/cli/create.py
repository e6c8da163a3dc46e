"""`cnnpruner create`: make an experiment on a running server."""

import argparse
import sys
from pathlib import Path
from typing import Any, get_args

from cnnpruner import config
from cnnpruner.cli.arguments import add_framing, add_server
from cnnpruner.cli.factories import register_all
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client
from cnnpruner.client.new_experiments import read_new
from cnnpruner.domain.tree.experiments import DataKind, NewExperiment
from cnnpruner.errors import InvalidInput

HELP = "make an experiment on a running server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Data, network, weights and training of the root."""
    add_server(parser)
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


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-path", help="where it lies, relative to a data folder of the server")
    parser.add_argument("--unseen", help="folder <class>/*.jpg that the weights have not seen, relative as well")
    add_framing(parser)


def run(choice: argparse.Namespace) -> int:
    """Make an experiment on a running server."""
    register_all(choice)
    client = Client(choice.server)
    experiment = client.create(_new_experiment(choice))
    sys.stdout.write(f"experiment {experiment.id}: {experiment.name}\n")
    for notice in experiment.notices:
        sys.stdout.write(f"  note: {notice}\n")
    sys.stdout.write(f"{choice.server}/?experiment={experiment.id}\n")
    if choice.wait:
        job_id = client.node(experiment.root_id).job_id
        assert job_id is not None
        client.wait(job_id, show_progress)
        root = client.node(experiment.root_id)
        sys.stderr.write("\n")
        sys.stdout.write(
            f"node 0: accuracy {root.accuracy:.2%}, {root.filters} filters, {root.parameters} parameters\n"
        )
    return 0


def _new_experiment(choice: argparse.Namespace) -> NewExperiment:
    train = {"epochs": choice.epochs, "learning_rate": choice.learning_rate}
    body: dict[str, Any] = {
        "name": choice.name,
        "data": data_source(choice),
        "network": {"name": choice.network, "options": _options(choice.option)},
        "weights": _weights(choice, train),
        "image_size": choice.image_size,
        "mean": choice.mean,
        "std": choice.std,
        "seed": choice.seed,
        "tolerance": choice.tolerance,
        "target_accuracy": choice.target_accuracy,
    }
    return read_new(body)


def data_source(choice: argparse.Namespace) -> dict[str, Any]:
    """What the command line says of data; a name that is no kind of ours is a data factory's."""
    is_own = choice.data not in get_args(DataKind)
    return {
        "kind": "factory" if is_own else choice.data,
        "name": choice.data if is_own else None,
        "path": choice.data_path,
        "download": choice.download,
        "unseen": choice.unseen,
        "resize": choice.resize,
        "crop_share": choice.crop_share,
    }


def _weights(choice: argparse.Namespace, train: dict[str, Any]) -> dict[str, Any]:
    """Published weights have a head of other classes, mostly, so training follows; a checkpoint is taken as it is."""
    if choice.pretrained:
        return {"pretrained": True, "train": train}
    if choice.weights:
        return {"path": choice.weights, "train": train if choice.train else None}
    return {"train": train}


def _options(pairs: list[str]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise InvalidInput(f"--option {broken[0]} is not NAME=VALUE.")
    return dict(pair.split("=", 1) for pair in pairs)
