"""`cnnpruner create`: create an experiment on a running server."""

import argparse
import sys
from pathlib import Path
from typing import Any, get_args

from cnnpruner import config
from cnnpruner.cli.arguments import add_image_folder_arguments, add_resize_arguments, add_server_argument
from cnnpruner.cli.factories import register_factories
from cnnpruner.cli.progress import show_progress
from cnnpruner.client.client import Client
from cnnpruner.client.new_experiments import parse_new_experiment
from cnnpruner.domain.tree.experiments import DataKind, NewExperiment
from cnnpruner.errors import InvalidInput, NeedsConfirmation

HELP = "create an experiment on a running server"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments for the data, the network, and the root's weights and training."""
    add_server_argument(parser)
    parser.add_argument("--name", help="name of the experiment, as shown on the page")
    data_help = "data set: digits, cifar10, cifar100, mnist, fashion_mnist, folder, or the name of a data factory"
    parser.add_argument("--data", required=True, help=data_help)
    parser.add_argument(
        "--data-factory", help="function that returns the data sets: package.module:function or file.py:function()"
    )
    _add_data_arguments(parser)
    parser.add_argument("--download", action="store_true", help="let the server download the data set if it is missing")
    _add_network_arguments(parser)
    _add_weights_arguments(parser)
    parser.add_argument("--image-size", type=int, help="side length of the images in pixels")
    parser.add_argument("--mean", type=float, nargs="+", help="mean of each channel, for pixel values 0-1")
    parser.add_argument("--std", type=float, nargs="+", help="standard deviation of each channel, for pixel values 0-1")
    seed_help = "random seed for the splits, the order of the training images and the fresh weights (default 0)"
    parser.add_argument("--seed", type=int, default=0, help=seed_help)
    tolerance_help = (
        "how far a node's accuracy may fall below its parent's for the node to count as recovered, 0-1 "
        "(default %(default)s)"
    )
    parser.add_argument("--tolerance", type=float, default=0.005, help=tolerance_help)
    parser.add_argument(
        "--target-accuracy", type=float, help="target accuracy, which pruned networks should not fall below, 0-1"
    )
    parser.add_argument(
        "--accept-warnings",
        action="store_true",
        help="create the experiment even if the check warns that its results would be misleading",
    )
    parser.add_argument("--wait", action="store_true", help="wait until the root is ready and show the progress")


def _add_network_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network",
        required=True,
        help="network: a name from `cnnpruner list`, timm:NAME, or, with --factory, a name of your choice",
    )
    parser.add_argument(
        "--factory", help="function that returns the network: package.module:function or file.py:function(width=32)"
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=config.from_environment().models,
        help=("folder of the server's model store (env: MODELS)"),
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="option to pass to the network"
    )


def _add_weights_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights",
        help="path of a checkpoint for the root, relative to a data folder; if omitted, the root is trained",
    )
    parser.add_argument(
        "--weights-key",
        metavar="KEY",
        help="key of the weights in the checkpoint (default: the averaged weights, if there are any)",
    )
    parser.add_argument(
        "--pretrained", action="store_true", help="start from the weights published by torchvision or timm"
    )
    parser.add_argument(
        "--train",
        action="store_true",
        help="fine-tune the checkpoint given with --weights, for example one that was trained on other classes",
    )
    parser.add_argument("--epochs", type=int, help="number of epochs for training the root")
    parser.add_argument("--learning-rate", type=float, help="learning rate for training the root")


def _add_data_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-path", help="folder of the data set, relative to a data folder of the server")
    parser.add_argument("--unseen", help="folder of images (<class>/*.jpg) that the weights were not trained on")
    add_resize_arguments(parser)
    add_image_folder_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Creates an experiment on a running server. Returns 1 if it was not created because of warnings."""
    register_factories(args)
    client = Client(args.server)
    try:
        experiment = client.create(_build_new_experiment(args))
    except NeedsConfirmation as error:
        for warning in error.details["warnings"]:
            sys.stderr.write(f"warning: {warning}\n")
        sys.stderr.write(
            "The experiment was not created. Fix the problems above, or add --accept-warnings to ignore them.\n"
        )
        return 1
    sys.stdout.write(f"experiment {experiment.id}: {experiment.name}\n")
    for notice in experiment.notices:
        sys.stdout.write(f"  note: {notice}\n")
    sys.stdout.write(f"{args.server}/?experiment={experiment.id}\n")
    if args.wait:
        job_id = client.node(experiment.root_id).job_id
        assert job_id is not None
        client.wait(job_id, show_progress)
        root = client.node(experiment.root_id)
        sys.stderr.write("\n")
        sys.stdout.write(
            f"node 0: accuracy {root.accuracy:.2%}, {root.filters} filters, {root.parameters} parameters\n"
        )
        for notice in root.notices:
            sys.stdout.write(f"  note: {notice}\n")
    return 0


def _build_new_experiment(args: argparse.Namespace) -> NewExperiment:
    training_settings = {"epochs": args.epochs, "learning_rate": args.learning_rate}
    body: dict[str, Any] = {
        "name": args.name,
        "data": parse_data_source(args),
        "network": {"name": args.network, "options": _parse_options(args.option)},
        "weights": _parse_weight_source(args, training_settings),
        "image_size": args.image_size,
        "mean": args.mean,
        "std": args.std,
        "seed": args.seed,
        "tolerance": args.tolerance,
        "target_accuracy": args.target_accuracy,
        "stop_on_warnings": not args.accept_warnings,
    }
    return parse_new_experiment(body)


def parse_data_source(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the fields of the data source that the arguments describe. If `--data` is not a built-in kind, it is
    taken as the name of a data factory.
    """
    is_factory = args.data not in get_args(DataKind)
    return {
        "kind": "factory" if is_factory else args.data,
        "name": args.data if is_factory else None,
        "path": args.data_path,
        "download": args.download,
        "unseen": args.unseen,
        "resize": args.resize,
        "crop_share": args.crop_share,
        "class_level": args.class_level,
        "value_range": args.value_range,
    }


def _parse_weight_source(args: argparse.Namespace, training_settings: dict[str, Any]) -> dict[str, Any]:
    """Returns the source of the root's weights: published weights, a checkpoint, or training from scratch.

    Published weights are always fine-tuned, because their classification head usually has other classes; a checkpoint
    is used unchanged unless `--train` is given.
    """
    if args.pretrained:
        return {"pretrained": True, "train": training_settings}
    if args.weights:
        return {"path": args.weights, "key": args.weights_key, "train": training_settings if args.train else None}
    if args.weights_key is not None:
        raise InvalidInput("--weights-key only works with a checkpoint; give the checkpoint with --weights.")
    return {"train": training_settings}


def _parse_options(option_strings: list[str]) -> dict[str, str]:
    malformed_options = [option for option in option_strings if "=" not in option]
    if malformed_options:
        raise InvalidInput(f"--option {malformed_options[0]!r} must have the form NAME=VALUE.")
    return dict(option.split("=", 1) for option in option_strings)
