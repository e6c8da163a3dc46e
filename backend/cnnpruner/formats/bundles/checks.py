"""What must hold between the files of a bundle, so that no job on it can go wrong later."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.sharing.bundles import BundledNode, BundledTree
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import UnreadableBundle
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.planning.cost import CostTable


def require_splits(splits: SplitIndices, tree: BundledTree) -> None:
    """As many images of each split as the experiment says."""
    for name in ("train", "selection", "test"):
        if len(getattr(splits, name)) != getattr(tree.experiment.splits, name):
            raise UnreadableBundle(f"Its {name} split is not as long as the experiment says; make it anew.")


def require_tree(tree: BundledTree) -> None:
    """Nodes grow from one root, each after its parent, with a number of its own below the next."""
    there: dict[int, int] = {}
    for one in tree.nodes:
        node = one.node
        is_root = node.parent_id is None and node.number == 0 and not there
        is_child = node.parent_id in there and there[node.parent_id] < node.number
        if node.id < 1 or node.id in there or node.number in there.values() or not (is_root or is_child):
            raise UnreadableBundle(f"Node {node.number} has no place in the tree of this bundle; make it anew.")
        if node.number >= tree.next_number:
            raise UnreadableBundle(f"Node {node.number} has a number that is not given yet; make the bundle anew.")
        there[node.id] = node.number
        _require_own(one)
        _require_measured(node, tree.experiment.splits.selection)
    if any(autopilot.node_id not in there for autopilot in tree.autopilots):
        raise UnreadableBundle("An Autopilot in it began at a node that it has not; make it anew.")


def _require_own(one: BundledNode) -> None:
    epochs = [epoch.epoch for epoch in one.epochs]
    if len(set(epochs)) < len(epochs) or any(plan.node_id != one.node.id for plan in one.plans):
        raise UnreadableBundle(f"What hangs on node {one.node.number} is not all its own; make the bundle anew.")


def _require_measured(node: Node, images: int) -> None:
    """All nodes on the same images; of a ready one all is known that views count with."""
    numbers = (node.loss, node.filters, node.free_filters, node.parameters, node.macs, node.size_bytes)
    is_whole = node.state != "ready" or None not in (node.correct, *numbers)
    if not is_whole or images < 1 or node.images != images or not 0 <= (node.correct or 0) <= images:
        raise UnreadableBundle(f"Node {node.number} is not measured as nodes of this tree are; make the bundle anew.")


def require_structure(one: BundledNode, layers: Layers, root: Layers) -> None:
    """The root's layers, and what points into a list points at something in it: views and plans are made of it."""
    of_layers = [layer for unit in layers.units for layer, _ in unit.members]
    of_layers += [layer for group in layers.groups for layer in group.layers]
    of_layers += [op.layer for op in layers.architecture if op.layer is not None]
    of_groups = [layer.group for layer in layers.layers] + [unit.group for unit in layers.units]
    known = {-1, *(unit.id for unit in layers.units)}
    is_whole = (
        [layer.index for layer in layers.layers] == list(range(len(layers.layers)))
        and [layer.name for layer in layers.layers] == [layer.name for layer in root.layers]
        and set(of_layers) <= set(range(len(layers.layers)))
        and set(of_groups) <= set(range(len(layers.groups)))
        and all(known.issuperset(ids) for ids in layers.dim_units)
    )
    try:
        CostTable(layers).cost([])
    except (ValueError, LookupError, TypeError, OverflowError):
        is_whole = False
    if not is_whole:
        raise UnreadableBundle(f"The structure of node {one.node.number} does not hold together; make the bundle anew.")


def require_weights(path: Path, one: BundledNode, layers: Layers) -> None:
    """The file is whole and has the tensors that the node's structure names, so that a cut of it cannot go wrong."""
    number = one.node.number
    try:
        with safe_open(path, framework="np") as file:
            shapes: Mapping[str, list[int]] = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise UnreadableBundle(f"The weights of node {number} are no whole safetensors file ({error}).") from error
    if shapes != {tensor.name: tensor.shape for tensor in layers.tensors}:
        raise UnreadableBundle(f"The weights of node {number} are not of the structure that it has; make it anew.")


def require_bundled(path: Path, one: BundledNode) -> str:
    """The sum of the unpacked weights, which must be that of the manifest; bundles of 0.1.0 have none."""
    found = sha256_of(path)
    if one.weights_sha256 not in (None, found):
        sentence = f"The weights of node {one.node.number} are not those that were bundled: the file was changed"
        raise UnreadableBundle(f"{sentence}; download it again, or make it anew.")
    return found


def require_pictures(path: Path, tree: BundledTree) -> None:
    """One picture of bytes for each selection image."""
    try:
        pictures = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError) as error:
        raise UnreadableBundle(f"Its pictures are no array of bytes ({error}); make it anew.") from error
    experiment = tree.experiment
    fits = pictures.ndim == 4 and (len(pictures), pictures.shape[3]) == (
        experiment.splits.selection,
        experiment.channels,
    )
    if pictures.dtype != np.uint8 or not fits:
        raise UnreadableBundle("Its pictures are not those of the selection split; make it anew.")
