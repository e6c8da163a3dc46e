"""Whole experiments that leave as one file and come in on another server."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnnpruner import __version__
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.bundles import (
    BundleChoice,
    BundledNode,
    BundledTree,
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
from cnnpruner.formats.bundles.writer import Entry, stream
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.formats.file_names import slug
from cnnpruner.planning.networks.catalogue import find_network
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store
from cnnpruner.store.checksums import known_sum
from cnnpruner.store.sharing.bundles import pack


@dataclass(frozen=True)
class BundleFile:
    """A bundle on its way out."""

    name: str
    pieces: Iterator[bytes]


def give(workspace: Workspace, experiment: Experiment, choice: BundleChoice) -> BundleFile:
    """The experiment as it is now, as a stream of bytes.

    Raises Conflict where a file of it is not there, DamagedWeights where one is not as it was written.
    """
    if choice.weights:
        _know_sums(workspace.store, experiment)
    tree = _describe(workspace.store, experiment, choice)
    entries = list(_entries(workspace.store, tree))
    for entry in entries:
        if isinstance(entry.content, Path) and not entry.content.is_file():
            raise Conflict(
                f"{entry.name} is not in the model store, so this bundle would not be whole; make it without "
                f"{'pictures' if entry.name == layout.PICTURES else 'weights'}."
            )
    _require_weights(workspace.store, tree)
    return BundleFile(f"{slug(experiment.name)}-bundle.zip", stream(entries))


def _know_sums(store: Store, experiment: Experiment) -> None:
    """Also of nodes of 0.1.0, so that the bundle has them. What has no file is told later."""
    for node in store.nodes.list(experiment.id):
        if node.state == "ready" and store.files.weights(experiment.id, node.number).is_file():
            known_sum(store, node)


def _require_weights(store: Store, tree: BundledTree) -> None:
    """Before the first byte goes out: a stream could only break off."""
    for one in tree.nodes:
        if one.weights_sha256 is not None:
            require_checksum(store.files.weights(tree.experiment.id, one.node.number), one.weights_sha256)


def _describe(store: Store, experiment: Experiment, choice: BundleChoice) -> BundledTree:
    has_weights = choice.weights and experiment.has_weights
    with store.snapshot():
        splits = store.experiments.splits(experiment.id)
        return BundledTree(
            cnnpruner=__version__,
            made_at=datetime.now(UTC),
            has_weights=has_weights,
            has_pictures=choice.pictures,
            next_number=store.bundles.next_number(experiment.id),
            experiment=store.experiments.get(experiment.id),
            pools=SplitPools(
                train=splits.train_pool, selection=splits.selection_pool, test=splits.test_pool, rule=splits.rule
            ),
            nodes=[_describe_node(store, node, has_weights) for node in store.nodes.list(experiment.id)],
            estimates=store.estimates.list(experiment.id),
            autopilots=store.autopilots.list(experiment.id),
        )


def _describe_node(store: Store, node: Node, has_weights: bool) -> BundledNode:
    return BundledNode(
        node=node,
        epochs=store.epochs.list(node.id),
        plans=store.plans.list(node.id),
        scores=store.bundles.scored(node.id),
        has_embedding=node.laid_out,
        weights_sha256=store.nodes.weights_sha256(node.id) if has_weights and node.state == "ready" else None,
    )


def _entries(store: Store, tree: BundledTree) -> Iterator[Entry]:
    """The manifest first, so that whoever reads a stream knows early what it is."""
    own = tree.experiment.id
    yield Entry(layout.MANIFEST, lambda: to_manifest(tree).model_dump_json(indent=1).encode())
    yield Entry(layout.README, layout.readme(tree.has_weights, tree.has_pictures).encode)
    yield Entry(layout.SPLITS, lambda: write_splits(store.experiments.splits(own)))
    yield Entry(layout.ROOT_LAYERS, lambda: _layers(store.experiments.root_layers(own)))
    if tree.has_pictures:
        yield Entry(layout.PICTURES, store.files.pictures(own))
    for one in tree.nodes:
        if one.node.state == "ready":
            yield from _node_entries(store, one)
            if tree.has_weights:
                yield Entry(layout.weights_file(one.node.number), store.files.weights(own, one.node.number))


def _node_entries(store: Store, one: BundledNode) -> Iterator[Entry]:
    """What is not read before its turn comes never changes once a node is ready."""
    node_id, number = one.node.id, one.node.number
    yield Entry(layout.layers_file(number), lambda: _layers(store.nodes.layers(node_id)))
    yield Entry(layout.arrays_file(number), lambda: write_arrays(_arrays(store, one)))
    if one.has_embedding:
        yield Entry(layout.embedding_file(number), lambda: _embedding(store, node_id))


def _layers(layers: Layers) -> bytes:
    return to_layers(layers).model_dump_json().encode()


def _embedding(store: Store, node_id: int) -> bytes:
    embedding = store.embeddings.get(node_id)
    assert embedding is not None
    return to_embedding(embedding).model_dump_json().encode()


def _arrays(store: Store, one: BundledNode) -> NodeArrays:
    found = (store.nodes.scores(one.node.id, by.criterion) for by in one.scores)
    scores = tuple(scores for scores in found if scores is not None)
    return NodeArrays(None, store.nodes.predictions(one.node.id), scores, None)


def incoming(workspace: Workspace) -> AbstractContextManager[Path]:
    """A folder that a bundle may be received in; it is gone afterwards."""
    return workspace.store.files.incoming()


def open_bundle(workspace: Workspace, file: Path) -> Experiment:
    """A new experiment of the bundle in `file`, which lies in a folder of `incoming`.

    Raises UnreadableBundle, and then nothing of it is left.
    """
    folder = file.parent / "experiment"
    folder.mkdir()
    bundle = read_bundle(file, folder)
    experiment = _adapt(bundle.tree)
    packed = [pack(arrays) for arrays in bundle.arrays]
    with workspace.store.transaction():
        made = workspace.store.bundles.add(bundle, experiment, packed)
        workspace.store.files.adopt(folder, made.id)
    return made


def _adapt(tree: BundledTree) -> Experiment:
    """What must be known of it here is told among its notices."""
    there = tree.experiment
    notices = [_provenance(tree)]
    if not tree.has_weights:
        notices.append("It came without weights: its nodes can be read, but not pruned, measured or scored here.")
    if not tree.has_pictures:
        notices.append("Pictures of its selection images did not come along; grey fields stand for them.")
    try:
        find_network(there.network)
    except CNNPrunerError as error:
        notices.append(f"Its network is not known here, so nothing can be pruned until it is: {error.message}")
    changes = {"notices": [*there.notices, *notices], "has_weights": tree.has_weights and there.has_weights}
    return there.model_copy(update=changes)


def _provenance(tree: BundledTree) -> str:
    made = f"{tree.made_at:%Y-%m-%d %H:%M} UTC by CNNPruner {tree.cnnpruner}"
    kind = tree.experiment.data.kind
    need = "" if kind == "digits" else f" To prune on, this server needs the same images ({kind}) in its data folders."
    return f"It came as a bundle made {made}.{need}"
