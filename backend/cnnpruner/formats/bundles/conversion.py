"""Between the values of the format and those of the program: the only place that knows both.

A published value may get new fields without the format changing. For a tree that comes as a bundle they are null where
they may be; what else they are is said by the value's function here. What a bundle shall carry of them is a new version
of the format (see `upgrades`).
"""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.sharing.bundles import BundledNode, BundledTree, ScoredBy, SplitPools
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch, Node
from cnnpruner.formats.bundles.manifest import (
    BundleAutopilot,
    BundleEpoch,
    BundleEstimate,
    BundleManifest,
    BundleNode,
    BundleNodeEntry,
)
from cnnpruner.formats.bundles.node_files import BundleEmbedding, BundleLayers
from cnnpruner.formats.bundles.plan_values import BundlePlan
from cnnpruner.formats.bundles.values import BUNDLE_VERSION, BundleExperiment, BundleValue

V = TypeVar("V", bound=BaseModel)


def to_manifest(tree: BundledTree) -> BundleManifest:
    """The tree as `manifest.json` says it; of each value only what the format knows."""
    return _of_attributes(BundleManifest, tree, format="cnnpruner-bundle", version=BUNDLE_VERSION)


def to_layers(layers: Layers) -> BundleLayers:
    """A structure as the format has it."""
    return _of_attributes(BundleLayers, layers)


def to_embedding(embedding: Embedding) -> BundleEmbedding:
    """A map of samples as the format has it."""
    return _of_attributes(BundleEmbedding, embedding)


def from_manifest(manifest: BundleManifest) -> BundledTree:
    """The tree in values of the program. Raises ValidationError for what they refuse, and so do all others here."""
    return BundledTree(
        cnnpruner=manifest.cnnpruner,
        made_at=manifest.made_at,
        has_weights=manifest.has_weights,
        has_pictures=manifest.has_pictures,
        next_number=manifest.next_number,
        experiment=from_experiment(manifest.experiment),
        pools=SplitPools(**dict(manifest.pools)),
        nodes=[_from_entry(entry) for entry in manifest.nodes],
        estimates=[from_estimate(estimate) for estimate in manifest.estimates],
        autopilots=[from_autopilot(autopilot) for autopilot in manifest.autopilots],
    )


def _from_entry(entry: BundleNodeEntry) -> BundledNode:
    return BundledNode(
        node=from_node(entry.node),
        epochs=[from_epoch(epoch) for epoch in entry.epochs],
        plans=[from_plan(plan) for plan in entry.plans],
        scores=[ScoredBy(**dict(by)) for by in entry.scores],
        has_embedding=entry.has_embedding,
        weights_sha256=entry.weights_sha256,
    )


def from_experiment(experiment: BundleExperiment) -> Experiment:
    """An experiment in values of the program."""
    return _of_bundle(Experiment, experiment)


def from_node(node: BundleNode) -> Node:
    """A node in values of the program."""
    return _of_bundle(Node, node)


def from_epoch(epoch: BundleEpoch) -> Epoch:
    """A finished epoch in values of the program."""
    return _of_bundle(Epoch, epoch)


def from_plan(plan: BundlePlan) -> Plan:
    """A plan in values of the program."""
    return _of_bundle(Plan, plan)


def from_estimate(estimate: BundleEstimate) -> Estimate:
    """An estimate in values of the program."""
    return _of_bundle(Estimate, estimate)


def from_autopilot(autopilot: BundleAutopilot) -> Autopilot:
    """An Autopilot in values of the program."""
    return _of_bundle(Autopilot, autopilot)


def from_layers(layers: BundleLayers) -> Layers:
    """A structure in values of the program."""
    return _of_bundle(Layers, layers)


def from_embedding(embedding: BundleEmbedding) -> Embedding:
    """A map of samples in values of the program."""
    return _of_bundle(Embedding, embedding)


def _of_attributes(kind: type[V], value: object, **other: Any) -> V:
    """Reads the fields of `kind` alone, also in what is nested; `other`: fields that are called otherwise by now."""
    report = {name: getattr(value, name) for name in kind.model_fields.keys() - other.keys()}
    return kind.model_validate(report | other, from_attributes=True)


def _of_bundle(kind: type[V], value: BundleValue, **other: Any) -> V:
    """All fields of `value`; `other`: those that the format does not have, or has otherwise. Null: unknown to both."""
    unknown = {name: None for name, field in kind.model_fields.items() if type(None) in get_args(field.annotation)}
    return kind.model_validate(unknown | dict(value) | other, from_attributes=True)
