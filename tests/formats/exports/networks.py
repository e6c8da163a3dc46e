"""Randomly pruned networks, ready to export."""

from pathlib import Path
from typing import Any

import torch

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.exports import ExportFormat, NetworkRecord
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.formats.exports.archive import write_archive
from cnnpruner.formats.exports.record import make_record
from cnnpruner.formats.exports.writer import NetworkToExport, write_files
from cnnpruner.planning.structure import remove_units
from tests.engine.cuts import noise, random_units, trace
from tests.values import experiment_value
from tests.zoo import randomise_norms

CLASSES = [f"class {number}" for number in range(10)]
CHECKED_IMAGES = 3


def ready_node() -> Node:
    """Return node 4 of an experiment, measured."""
    fields: dict[str, Any] = dict.fromkeys(Node.model_fields) | {
        "id": 9, "experiment_id": 1, "parent_id": 8, "number": 4, "state": "ready", "origin": "plan",
        "created_at": "2026-01-01T00:00:00Z", "accuracy": 0.9, "correct": 9, "images": 10, "loss": 0.5, "latency": [],
        "epochs": 1, "note": "small", "starred": False, "laid_out": False, "version": 1, "notices": [],
    }  # fmt: skip
    return Node.model_validate(fields)


def exported_network(name: str, image_size: int = 32) -> NetworkToExport:
    """Return network `name` with a random 30% of its filters removed, and noise in place of selection images."""
    image = (3, image_size, image_size)
    experiment = experiment_value().model_copy(
        update={
            "network": experiment_value().network.model_copy(update={"name": name}),
            "channels": 3, "image_size": image_size, "mean": [0.5] * 3, "std": [0.5] * 3, "classes": CLASSES,
        }
    )  # fmt: skip
    root = build_network(experiment.network, len(CLASSES), 3, image_size, seed=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        randomise_norms(root)
    layers: Layers = trace(root.eval(), image)
    units = random_units(layers, seed=3)
    record: NetworkRecord = make_record(experiment, ready_node(), layers, remove_units(layers, units))
    return NetworkToExport(cut(root, layers, units).eval(), record, noise(image, CHECKED_IMAGES))


def export(network: NetworkToExport, kind: ExportFormat, folder: Path) -> NetworkRecord:
    """Write the archive and the unpacked folder: `folder`.zip and `folder`."""
    folder.mkdir(parents=True)
    record = write_files(kind, network, folder, lambda done, message: None)
    write_archive(folder, folder.with_suffix(".zip"))
    return record
