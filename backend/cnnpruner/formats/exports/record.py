"""The record that describes a node and is exported with its network. Does not import torch."""

import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from cnnpruner import __version__
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.exports import ExportedLayer, ExportedMetrics, NetworkRecord, Versions
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import Training, TrainingStart
from cnnpruner.planning.networks import factories


def make_record(experiment: Experiment, node: Node, root: Layers, layers: Layers) -> NetworkRecord:
    """Return the record of a ready node. The checksum and the result of the check are filled in later.

    `root`, `layers`: network structures before and after all pruning.
    """
    return NetworkRecord(
        record=1,
        network=experiment.network,
        factory=_factory_text(experiment.network.name),
        channels=experiment.channels,
        image_size=experiment.image_size,
        mean=experiment.mean,
        std=experiment.std,
        classes=experiment.classes,
        layers=list_layers(root, layers),
        experiment=experiment.name,
        node=node.number,
        note=node.note,
        metrics=ExportedMetrics(**{name: getattr(node, name) for name in ExportedMetrics.model_fields}),
        data=experiment.data,
        reading=experiment.reading,
        splits=experiment.splits,
        seed=experiment.seed,
        training=_describe_training(node),
        weights_sha256=None,
        check=None,
        versions=Versions(cnnpruner=__version__, torch=version("torch"), python=platform.python_version()),
        exported_at=datetime.now(UTC),
    )


def _describe_training(node: Node) -> Training | None:
    """Return the training settings as they were used. The teacher's id, which means nothing outside the database, is
    replaced by the teacher's node number. If the setting `start` is `best`, it is replaced by the start that was
    chosen.
    """
    if node.training is None or node.training_record is None:
        return node.training
    start = node.training_record.start
    used = {"start": start} if start in get_args(TrainingStart) else {}
    return node.training.model_copy(update={"teacher": node.training_record.teacher_number, **used})


def list_layers(root: Layers, layers: Layers) -> list[ExportedLayer]:
    """Return all layers, with the shapes of their weights and the original numbers of their remaining filters."""
    original_shapes, pruned_shapes = _weight_shapes(root), _weight_shapes(layers)
    return [
        ExportedLayer(
            name=layer.name,
            kind=layer.kind,
            original_shape=original_shapes[layer.name],
            shape=pruned_shapes[layer.name],
            kept=layer.numbers,
        )
        for layer in layers.layers
    ]


def _factory_text(name: str) -> str | None:
    """Return the factory of the network `name` in the form that `cnnpruner.load` accepts; None for a network that is
    not built by a factory. The folder of the factory's file is omitted, because server paths must not be disclosed.
    """
    factory = factories.all_factories().get(name)
    if factory is not None and factory.module.endswith(".py"):
        factory = replace(factory, module=Path(factory.module).name)
    return None if factory is None else factory.text


def _weight_shapes(layers: Layers) -> Mapping[str, list[int]]:
    return {tensor.name.removesuffix(".weight"): tensor.shape for tensor in layers.tensors}
