"""What is known of a node, as the record that travels with its network. Free of torch."""

import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cnnpruner import __version__
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.exports import ExportedLayer, ExportedMetrics, NetworkRecord, Versions
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.planning.networks import factories


def describe(experiment: Experiment, node: Node, root: Layers, layers: Layers) -> NetworkRecord:
    """The record of a ready node, without check. `root` and `layers` are the structures before and after all cuts."""
    return NetworkRecord(
        record=1,
        network=experiment.network,
        factory=_factory(experiment.network.name),
        channels=experiment.channels,
        image_size=experiment.image_size,
        mean=experiment.mean,
        std=experiment.std,
        classes=experiment.classes,
        layers=describe_layers(root, layers),
        experiment=experiment.name,
        node=node.number,
        note=node.note,
        metrics=ExportedMetrics(**{name: getattr(node, name) for name in ExportedMetrics.model_fields}),
        data=experiment.data,
        splits=experiment.splits,
        seed=experiment.seed,
        training=node.training,
        weights_sha256=None,
        check=None,
        versions=Versions(cnnpruner=__version__, torch=version("torch"), python=platform.python_version()),
        exported_at=datetime.now(UTC),
    )


def describe_layers(root: Layers, layers: Layers) -> list[ExportedLayer]:
    """Each layer with the original numbers of the filters that are left."""
    before, now = _weight_shapes(root), _weight_shapes(layers)
    return [
        ExportedLayer(
            name=layer.name,
            kind=layer.kind,
            original_shape=before[layer.name],
            shape=now[layer.name],
            kept=layer.numbers,
        )
        for layer in layers.layers
    ]


def _factory(name: str) -> str | None:
    """As `cnnpruner.load` takes it. Of a file only the name: the folder is nobody's business elsewhere."""
    found = factories.registered().get(name)
    if found is not None and found.module.endswith(".py"):
        found = replace(found, module=Path(found.module).name)
    return None if found is None else found.text


def _weight_shapes(layers: Layers) -> Mapping[str, list[int]]:
    return {tensor.name.removesuffix(".weight"): tensor.shape for tensor in layers.tensors}
