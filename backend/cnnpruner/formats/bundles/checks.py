"""Checks that the files of a bundle are consistent; otherwise, later jobs on the imported tree could fail."""

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


def require_matching_splits(splits: SplitIndices, tree: BundledTree) -> None:
    """Require that each split has the number of images that the experiment states."""
    for name in ("train", "selection", "test"):
        if len(getattr(splits, name)) != getattr(tree.experiment.splits, name):
            raise UnreadableBundle(
                f"The {name} split does not have the number of images that the experiment states; create the bundle "
                "again."
            )


def require_valid_tree(tree: BundledTree) -> None:
    """Require that there is a single root, that all other nodes descend from it and come after their parents, and that
    node numbers are unique and lower than the number of the tree's next node.
    """
    numbers: dict[int, int] = {}
    for bundled_node in tree.nodes:
        node = bundled_node.node
        is_root = node.parent_id is None and node.number == 0 and not numbers
        is_child = node.parent_id in numbers and numbers[node.parent_id] < node.number
        if node.id < 1 or node.id in numbers or node.number in numbers.values() or not (is_root or is_child):
            raise UnreadableBundle(
                f"Node {node.number} does not fit into the tree in this bundle; create the bundle again."
            )
        if node.number >= tree.next_number:
            raise UnreadableBundle(
                f"Node {node.number} has a number that has not been assigned yet in this tree (the next number is "
                f"{tree.next_number}); create the bundle again."
            )
        numbers[node.id] = node.number
        _require_valid_epochs_and_plans(bundled_node)
        _require_metrics(node, tree.experiment.splits.selection)
    if any(autopilot.node_id not in numbers for autopilot in tree.autopilots):
        raise UnreadableBundle("The node from which an Autopilot started is missing; create the bundle again.")
    if any(suggestion.node_id not in numbers for suggestion in tree.suggestions):
        raise UnreadableBundle("The node for which a suggestion was made is missing; create the bundle again.")


def _require_valid_epochs_and_plans(bundled_node: BundledNode) -> None:
    epochs = [epoch.epoch for epoch in bundled_node.epochs]
    if len(set(epochs)) < len(epochs) or any(plan.node_id != bundled_node.node.id for plan in bundled_node.plans):
        raise UnreadableBundle(
            f"Node {bundled_node.node.number} lists an epoch twice, or has plans that belong to another node; "
            "create the bundle again."
        )


def _require_metrics(node: Node, images: int) -> None:
    """Require that the node was measured on `images` selection images, and that a ready node has all metrics that views
    need.
    """
    metrics = (node.loss, node.filters, node.free_filters, node.parameters, node.macs, node.size_bytes)
    is_complete = node.state != "ready" or None not in (node.correct, *metrics)
    if not is_complete or images < 1 or node.images != images or not 0 <= (node.correct or 0) <= images:
        raise UnreadableBundle(
            f"Node {node.number} lacks metrics, or was measured on images other than the selection split; "
            "create the bundle again."
        )


def require_valid_structure(bundled_node: BundledNode, layers: Layers, root: Layers) -> None:
    """Require that the node has the same layers as the root, and that all indices in the structure refer to existing
    layers, groups and units, because views and plans rely on these two conditions.
    """
    layer_indices = [layer for unit in layers.units for layer, _ in unit.members]
    layer_indices += [layer for group in layers.groups for layer in group.layers]
    layer_indices += [op.layer for op in layers.architecture if op.layer is not None]
    group_indices = [layer.group for layer in layers.layers] + [unit.group for unit in layers.units]
    unit_ids = {-1, *(unit.id for unit in layers.units)}
    is_consistent = (
        [layer.index for layer in layers.layers] == list(range(len(layers.layers)))
        and [layer.name for layer in layers.layers] == [layer.name for layer in root.layers]
        and set(layer_indices) <= set(range(len(layers.layers)))
        and set(group_indices) <= set(range(len(layers.groups)))
        and all(unit_ids.issuperset(ids) for ids in layers.dim_units)
    )
    try:
        CostTable(layers).cost([])
    except (ValueError, LookupError, TypeError, OverflowError):
        is_consistent = False
    if not is_consistent:
        raise UnreadableBundle(
            f"The structure of node {bundled_node.node.number} is inconsistent; create the bundle again."
        )


def require_weights(path: Path, bundled_node: BundledNode, layers: Layers) -> None:
    """Require that the weights file is complete and contains exactly the tensors of the node's structure, with the same
    names and shapes, so that the node can be pruned.
    """
    number = bundled_node.node.number
    try:
        with safe_open(path, framework="np") as file:
            shapes: Mapping[str, list[int]] = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise UnreadableBundle(
            f"The weights of node {number} are not a complete safetensors file ({error}); create the bundle again."
        ) from error
    if shapes != {tensor.name: tensor.shape for tensor in layers.tensors}:
        raise UnreadableBundle(f"The weights of node {number} do not match its structure; create the bundle again.")


def require_matching_checksum(path: Path, bundled_node: BundledNode) -> str:
    """Return the SHA-256 of the unpacked weights. Raises UnreadableBundle if it differs from the checksum in the
    manifest. Bundles of version 0.1.0 contain no checksums, so their weights are not checked.
    """
    actual_sha256 = sha256_of(path)
    if bundled_node.weights_sha256 not in (None, actual_sha256):
        raise UnreadableBundle(
            f"The weights of node {bundled_node.node.number} were changed after the bundle was created; download the "
            "bundle again, or create it again."
        )
    return actual_sha256


def require_valid_pictures(path: Path, tree: BundledTree) -> None:
    """Require that there is one uint8 thumbnail for each selection image."""
    try:
        pictures = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError) as error:
        raise UnreadableBundle(
            f"The thumbnails are not an array of bytes ({error}); create the bundle again."
        ) from error
    experiment = tree.experiment
    has_expected_shape = pictures.ndim == 4 and (len(pictures), pictures.shape[3]) == (
        experiment.splits.selection,
        experiment.channels,
    )
    if pictures.dtype != np.uint8 or not has_expected_shape:
        raise UnreadableBundle("The thumbnails do not match the selection split; create the bundle again.")
