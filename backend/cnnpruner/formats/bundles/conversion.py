"""Converts between the classes of the bundle format and those of the program. No other module uses classes of both
kinds.

A class of the program may get a new field without a change to the format. When a bundle is read, the new field is null
if its type allows that; otherwise, the conversion function for this class must supply a value. To store the field in
bundles, add a new version of the format (see `upgrades`).
"""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.suggestions import Suggestion
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.sharing.bundles import BundledNode, BundledTree, ScoredCriterion, SplitPools
from cnnpruner.domain.tree.autopilots import Autopilot
from cnnpruner.domain.tree.estimates import Estimate
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.latencies import LatencyDistribution
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
from cnnpruner.formats.bundles.suggestions import BundleSuggestion
from cnnpruner.formats.bundles.values import BUNDLE_VERSION, BundleExperiment, BundleValue

V = TypeVar("V", bound=BaseModel)


def to_manifest(tree: BundledTree) -> BundleManifest:
    """Convert a tree to a manifest. Fields that the format does not have are omitted."""
    return _from_attributes(BundleManifest, tree, format="cnnpruner-bundle", version=BUNDLE_VERSION)


def to_layers(layers: Layers) -> BundleLayers:
    """Convert a network structure to the form that it has in bundles."""
    return _from_attributes(BundleLayers, layers)


def to_embedding(embedding: Embedding) -> BundleEmbedding:
    """Convert an embedding (a map of the samples) to the form that it has in bundles."""
    return _from_attributes(BundleEmbedding, embedding)


def from_manifest(manifest: BundleManifest) -> BundledTree:
    """Convert a manifest to a tree. Like all functions below, this one raises ValidationError for invalid values."""
    return BundledTree(
        cnnpruner=manifest.cnnpruner,
        made_at=manifest.made_at,
        has_weights=manifest.has_weights,
        has_pictures=manifest.has_pictures,
        next_number=manifest.next_number,
        experiment=from_experiment(manifest.experiment),
        pools=SplitPools(**dict(manifest.pools)),
        nodes=[_from_node_entry(entry) for entry in manifest.nodes],
        estimates=[from_estimate(estimate) for estimate in manifest.estimates],
        autopilots=[from_autopilot(autopilot) for autopilot in manifest.autopilots],
        suggestions=[from_suggestion(suggestion) for suggestion in manifest.suggestions],
    )


def _from_node_entry(entry: BundleNodeEntry) -> BundledNode:
    return BundledNode(
        node=from_node(entry.node),
        epochs=[from_epoch(epoch) for epoch in entry.epochs],
        plans=[from_plan(plan) for plan in entry.plans],
        scores=[ScoredCriterion(**dict(source)) for source in entry.scores],
        has_embedding=entry.has_embedding,
        weights_sha256=entry.weights_sha256,
    )


def from_experiment(experiment: BundleExperiment) -> Experiment:
    """Convert an experiment from the bundle format to the class that the program uses."""
    return _from_bundle(Experiment, experiment)


def from_node(node: BundleNode) -> Node:
    """Convert a node from the bundle format to the class that the program uses.

    Latencies keep the durations of their timing blocks. Notices are omitted, because they are derived again when the
    node is stored.
    """
    latencies = [_from_bundle(LatencyDistribution, latency) for latency in node.latency]
    return _from_bundle(Node, node, latency=latencies, notices=[])


def from_epoch(epoch: BundleEpoch) -> Epoch:
    """Convert an epoch from the bundle format to the class that the program uses."""
    return _from_bundle(Epoch, epoch)


def from_plan(plan: BundlePlan) -> Plan:
    """Convert a plan from the bundle format to the class that the program uses."""
    return _from_bundle(Plan, plan)


def from_estimate(estimate: BundleEstimate) -> Estimate:
    """Convert an estimate from the bundle format to the class that the program uses."""
    return _from_bundle(Estimate, estimate)


def from_autopilot(autopilot: BundleAutopilot) -> Autopilot:
    """Convert an Autopilot from the bundle format to the class that the program uses."""
    return _from_bundle(Autopilot, autopilot)


def from_suggestion(suggestion: BundleSuggestion) -> Suggestion:
    """Convert a suggestion from the bundle format to the class that the program uses. The result has no job."""
    return _from_bundle(Suggestion, suggestion)


def from_layers(layers: BundleLayers) -> Layers:
    """Convert a network structure from the bundle format to the class that the program uses."""
    return _from_bundle(Layers, layers)


def from_embedding(embedding: BundleEmbedding) -> Embedding:
    """Convert a map of samples from the bundle format to the class that the program uses."""
    return _from_bundle(Embedding, embedding)


def _from_attributes(target_type: type[V], value: object, **field_values: Any) -> V:
    """Return a value of class `target_type`. Its fields come from `field_values` or, if they are not listed there, from
    the attributes of `value`. Nested values are converted in the same way.
    """
    fields = {name: getattr(value, name) for name in target_type.model_fields.keys() - field_values.keys()}
    return target_type.model_validate(fields | field_values, from_attributes=True)


def _from_bundle(target_type: type[V], value: BundleValue, **field_values: Any) -> V:
    """Return a value of class `target_type`. Its fields come from `field_values` or, if they are not listed there, from
    `value`. Optional fields that neither contains are null.
    """
    null_fields = {
        name: None for name, field in target_type.model_fields.items() if type(None) in get_args(field.annotation)
    }
    return target_type.model_validate(null_fields | dict(value) | field_values, from_attributes=True)
