"""What `cnnpruner create` and `cnnpruner list` do."""

import argparse
import sys
from typing import Any, get_args

from cnnpruner.client.client import Client
from cnnpruner.client.reading import read_new
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.experiments import DataKind, NewExperiment
from cnnpruner.errors import InvalidInput


def create(choice: argparse.Namespace) -> int:
    """Make an experiment on a running server."""
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


def show_progress(job: Job) -> None:
    """One line on the terminal, written over."""
    left = "" if job.eta_s is None else f", {job.eta_s:.0f} s left"
    sys.stderr.write(f"\r\033[K{job.progress:4.0%} {job.message}{left}")
    sys.stderr.flush()


def show(choice: argparse.Namespace) -> int:
    """List experiments, data and networks of a running server."""
    client = Client(choice.server)
    for experiment in client.experiments():
        sys.stdout.write(f"experiment {experiment.id}: {experiment.name} ({experiment.nodes} nodes)\n")
    listing = client.data()
    for entry in listing.entries:
        sys.stdout.write(f"{entry.kind}: {entry.path or 'comes with the program'}\n")
    for network in listing.networks:
        sys.stdout.write(f"network {network.name}: {network.title}\n")
    if listing.timm_networks:
        sys.stdout.write(f"network timm:NAME: {len(listing.timm_networks):,} networks of timm\n")
    return 0


def show_criteria(choice: argparse.Namespace) -> int:
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
