"""Writes whole experiments to bundles, and creates experiments from bundles."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnnpruner import __version__
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.bundles import (
    BundledNode,
    BundledTree,
    BundleOptions,
    NodeArrays,
    SplitPools,
)
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, Conflict
from cnnpruner.formats.bundles import layout
from cnnpruner.formats.bundles.arrays import write_arrays, write_splits
from cnnpruner.formats.bundles.conversion import to_embedding, to_layers, to_manifest
from cnnpruner.formats.bundles.reader import read_bundle
from cnnpruner.formats.bundles.writer import BundleEntry, stream_archive
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.formats.file_names import slugify
from cnnpruner.planning.networks.catalogue import find_network
from cnnpruner.service.tree.experiments import queue_mac_count_jobs
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store
from cnnpruner.store.checksums import weights_checksum
from cnnpruner.store.sharing.bundles import pack_node_arrays


@dataclass(frozen=True)
class BundleFile:
    """A bundle that can be downloaded."""

    name: str
    chunks: Iterator[bytes]


def stream_bundle(workspace: Workspace, experiment: Experiment, choice: BundleOptions) -> BundleFile:
    """Returns the experiment's bundle as a stream of bytes.

    Raises Conflict if a file of the experiment is missing, DamagedWeights if a weights file has been changed.
    """
    if choice.weights:
        _store_missing_checksums(workspace.store, experiment)
    tree = _build_bundled_tree(workspace.store, experiment, choice)
    entries = list(_list_archive_entries(workspace.store, tree))
    for entry in entries:
        if isinstance(entry.content, Path) and not entry.content.is_file():
            raise Conflict(
                f"{entry.name} is missing from the model store, so the bundle would be incomplete; create the bundle "
                f"without {'pictures' if entry.name == layout.PICTURES_FILE else 'weights'}."
            )
    _require_unchanged_weights(workspace.store, tree)
    return BundleFile(f"{slugify(experiment.name)}-bundle.zip", stream_archive(entries))


def _store_missing_checksums(store: Store, experiment: Experiment) -> None:
    """Computes missing checksums of weights, so that the bundle contains them. Nodes made by version 0.1.0 have no
    checksums.

    Missing weights files are ignored here and reported later.
    """
    for node in store.nodes.list(experiment.id):
        if node.state == "ready" and store.files.weights_path(experiment.id, node.number).is_file():
            weights_checksum(store, node)


def _require_unchanged_weights(store: Store, tree: BundledTree) -> None:
    """Raises DamagedWeights if weights are missing or have been changed. Called before the first byte is sent, because
    a later error could only interrupt the stream.
    """
    for bundled_node in tree.nodes:
        if bundled_node.weights_sha256 is not None:
            require_checksum(
                store.files.weights_path(tree.experiment.id, bundled_node.node.number), bundled_node.weights_sha256
            )


def _build_bundled_tree(store: Store, experiment: Experiment, choice: BundleOptions) -> BundledTree:
    has_weights = choice.weights and experiment.has_weights
    with store.snapshot():
        splits = store.experiments.splits(experiment.id)
        nodes = store.nodes.list(experiment.id)
        return BundledTree(
            cnnpruner=__version__,
            made_at=datetime.now(UTC),
            has_weights=has_weights,
            has_pictures=choice.pictures,
            next_number=store.bundles.next_number(experiment.id),
            experiment=_remove_root_notices(store.experiments.get(experiment.id), nodes[0]),
            pools=SplitPools(
                train=splits.train_pool, selection=splits.selection_pool, test=splits.test_pool, rule=splits.rule
            ),
            nodes=[_build_bundled_node(store, node, has_weights) for node in nodes],
            estimates=store.estimates.list(experiment.id),
            autopilots=store.autopilots.list(experiment.id),
            suggestions=store.suggestions.list_in_tree(experiment.id),
        )


def _remove_root_notices(experiment: Experiment, root: Node) -> Experiment:
    """Returns the experiment without the notices of its root, because the server that opens the bundle derives these
    notices again.
    """
    notices = [notice for notice in experiment.notices if notice not in root.notices]
    return experiment.model_copy(update={"notices": notices})


def _build_bundled_node(store: Store, node: Node, has_weights: bool) -> BundledNode:
    latencies = store.nodes.latencies(node.id)
    return BundledNode(
        node=node.model_copy(update={"latency": latencies}),  # with their blocks
        epochs=store.epochs.list(node.id),
        plans=store.plans.list(node.id),
        scores=store.bundles.scored_criteria(node.id),
        has_embedding=node.laid_out,
        weights_sha256=store.nodes.weights_sha256(node.id) if has_weights and node.state == "ready" else None,
    )


def _list_archive_entries(store: Store, tree: BundledTree) -> Iterator[BundleEntry]:
    """Yields the entries of the archive. The manifest comes first, so that a recipient can read it early."""
    experiment_id = tree.experiment.id
    yield BundleEntry(layout.MANIFEST, lambda: to_manifest(tree).model_dump_json(indent=1).encode())
    yield BundleEntry(layout.README, layout.format_readme(tree.has_weights, tree.has_pictures).encode)
    yield BundleEntry(layout.SPLITS_FILE, lambda: write_splits(store.experiments.splits(experiment_id)))
    yield BundleEntry(layout.ROOT_LAYERS_FILE, lambda: _encode_layers(store.experiments.root_layers(experiment_id)))
    if tree.has_pictures:
        yield BundleEntry(layout.PICTURES_FILE, store.files.pictures_path(experiment_id))
    for bundled_node in tree.nodes:
        if bundled_node.node.state == "ready":
            yield from _list_node_entries(store, bundled_node)
            if tree.has_weights:
                number = bundled_node.node.number
                yield BundleEntry(layout.weights_file(number), store.files.weights_path(experiment_id, number))


def _list_node_entries(store: Store, bundled_node: BundledNode) -> Iterator[BundleEntry]:
    """Yields the entries of a node. Arrays of a ready node never change, so they can be read lazily."""
    node_id, number = bundled_node.node.id, bundled_node.node.number
    yield BundleEntry(layout.layers_file(number), lambda: _encode_layers(store.nodes.layers(node_id)))
    yield BundleEntry(layout.arrays_file(number), lambda: write_arrays(_load_arrays(store, bundled_node)))
    if bundled_node.has_embedding:
        yield BundleEntry(layout.embedding_file(number), lambda: _encode_embedding(store, node_id))


def _encode_layers(layers: Layers) -> bytes:
    return to_layers(layers).model_dump_json().encode()


def _encode_embedding(store: Store, node_id: int) -> bytes:
    embedding = store.embeddings.get(node_id)
    assert embedding is not None
    return to_embedding(embedding).model_dump_json().encode()


def _load_arrays(store: Store, bundled_node: BundledNode) -> NodeArrays:
    stored_scores = (
        store.nodes.scores(bundled_node.node.id, scored_criterion.criterion) for scored_criterion in bundled_node.scores
    )
    scores = tuple(scores for scores in stored_scores if scores is not None)
    return NodeArrays(None, store.nodes.predictions(bundled_node.node.id), scores, None)


def create_upload_folder(workspace: Workspace) -> AbstractContextManager[Path]:
    """Context manager that provides a temporary folder for a received bundle."""
    return workspace.store.files.incoming_folder()


def open_bundle(workspace: Workspace, file: Path) -> Experiment:
    """Creates an experiment from the bundle in `file`, which must be in a folder from `create_upload_folder`.

    If it raises UnreadableBundle, nothing of the bundle is left behind.
    """
    folder = file.parent / "experiment"
    folder.mkdir()
    bundle = read_bundle(file, folder)
    experiment = _add_bundle_notices(bundle.tree)
    packed_blobs = [pack_node_arrays(arrays) for arrays in bundle.arrays]
    with workspace.store.transaction():
        added_experiment = workspace.store.bundles.add(bundle, experiment, packed_blobs)
        workspace.store.files.adopt_incoming_folder(folder, added_experiment.id)
    queue_mac_count_jobs(workspace)
    return added_experiment


def _add_bundle_notices(tree: BundledTree) -> Experiment:
    """Returns the bundle's experiment with added notices: on its origin, and on data that is missing from the bundle or
    on this server.
    """
    experiment = tree.experiment
    notices = [_provenance_notice(tree)]
    if not tree.has_weights:
        notices.append("The bundle has no weights: nodes can be viewed, but not pruned, measured or scored here.")
    if not tree.has_pictures:
        notices.append("The bundle has no pictures of the selection images; they are shown as gray squares.")
    try:
        find_network(experiment.network)
    except CNNPrunerError as error:
        notices.append(f"This server does not know the network, so nothing can be pruned: {error.message}")
    has_weights = tree.has_weights and experiment.has_weights
    return experiment.model_copy(update={"notices": [*experiment.notices, *notices], "has_weights": has_weights})


def _provenance_notice(tree: BundledTree) -> str:
    made_at, kind = f"{tree.made_at:%Y-%m-%d %H:%M}", tree.experiment.data.kind
    data_hint = (
        "" if kind == "digits" else f" To prune nodes on this server, put the same images ({kind}) into a data folder."
    )
    return f"Opened from a bundle created by CNNPruner {tree.cnnpruner} on {made_at} UTC.{data_hint}"
