"""Predictions for one sample, and what filters respond to."""

import os
from pathlib import Path
from typing import TypeVar

from cnnpruner.domain.base import Value
from cnnpruner.domain.jobs import ActivationsJob, NewJob, PicturesJob
from cnnpruner.domain.plans.layers import Layer
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.samples.pictures import (
    ClassProbability,
    FilterBlock,
    FilterPicture,
    FilterPictures,
    LayerFilters,
    SampleView,
)
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import NotFound, Unavailable
from cnnpruner.service import jobs
from cnnpruner.service.plans.structures import load_structure
from cnnpruner.service.samples import samples
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

BLOCK_SIZE = 32
"""Number of filters whose pictures are computed together."""
PICTURES_TIMEOUT_S, ACTIVATIONS_TIMEOUT_S = 120.0, 600.0
"""Longest time that a request waits for a block of pictures, and for a pass over the selection split."""

V = TypeVar("V", bound=Value)


def get_sample_view(workspace: Workspace, node: Node, sample: int, against: int | None) -> SampleView:
    """Compares the node's predictions for a selection image with another node's, by default the parent's."""
    predictions = nodes.get_predictions(workspace, node)
    _require_sample(predictions, sample)
    compared_node = samples.find_compared_node(workspace, node, against)
    before = nodes.get_predictions(workspace, compared_node) if compared_node is not None else None
    row = samples.describe_sample(sample, predictions, before.predicted if before is not None else None)
    return SampleView(
        node_id=node.id,
        against_id=compared_node.id if compared_node is not None else None,
        sample=sample,
        label=row.label,
        predicted=row.predicted,
        change=row.change,
        top=_top_classes(predictions, sample),
        before=_top_classes(before, sample) if before is not None else None,
    )


def _top_classes(predictions: Predictions, sample: int) -> list[ClassProbability]:
    pairs = zip(predictions.top[sample].tolist(), predictions.probability[sample].tolist(), strict=True)
    return [ClassProbability(label=label, probability=min(probability, 1.0)) for label, probability in pairs]


def get_filter_pictures(workspace: Workspace, node: Node, sample: int, name: str, page: range) -> FilterPictures:
    """Returns pictures that show how filters of a layer respond to one sample: the filters at the positions in `page`.
    Waits until missing pictures are computed.
    """
    _require_sample(nodes.get_predictions(workspace, node), sample)
    layer = _find_layer(workspace, node, name)
    positions = range(layer.filters)[page.start : page.stop]
    items: list[FilterPicture] = []
    for block in range(page.start // BLOCK_SIZE, -(-positions.stop // BLOCK_SIZE) if positions else 0):
        pictures = _get_picture_block(workspace, node, sample, layer, block)
        first = block * BLOCK_SIZE
        items += pictures[max(positions.start - first, 0) : max(positions.stop - first, 0)]
    return FilterPictures(
        node_id=node.id,
        sample=sample,
        layer=name,
        total=layer.filters,
        offset=page.start,
        items=items,
        next=page.stop if page.stop < layer.filters else None,
    )


def get_layer_filters(workspace: Workspace, node: Node, name: str) -> LayerFilters:
    """Returns how the filters of a layer respond to the selection split. The first call waits for a pass over the
    split.
    """
    nodes.require_ready_node(node, "filter pictures")
    path = _pictures_folder(workspace, node) / f"layer-{_find_layer(workspace, node, name).index}.json"
    layer_filters = _read_cached_file(path, LayerFilters)
    if layer_filters is None:
        visitors.require_compute_permission(workspace, f"The pictures of layer {name} have not been computed yet")
        job = jobs.find_or_queue_job(workspace, node, ActivationsJob())
        jobs.wait_for_node(workspace, node, job.id, ACTIVATIONS_TIMEOUT_S)
        layer_filters = _read_cached_file(path, LayerFilters)
    if layer_filters is None:
        raise Unavailable(f"The pictures of layer {name} were deleted before they could be read; try again.")
    if not layer_filters.items:
        raise NotFound(
            f"Layer {name} has no pictures: in node {node.number} this layer does not run exactly once per image."
        )
    return layer_filters


def _get_picture_block(workspace: Workspace, node: Node, sample: int, layer: Layer, block: int) -> list[FilterPicture]:
    path = _pictures_folder(workspace, node) / f"sample-{sample}-layer-{layer.index}-block-{block}.json"
    filter_block = _read_cached_file(path, FilterBlock)
    if filter_block is None:
        message_start = f"The pictures of layer {layer.name} for sample {sample} have not been computed yet"
        visitors.require_compute_permission(workspace, message_start)
        start = block * BLOCK_SIZE
        inputs = PicturesJob(sample=sample, layer=layer.index, start=start, stop=start + BLOCK_SIZE, path=path.name)
        # The page is not notified of this job, since the request itself waits, and its row is deleted afterwards, since
        # there are very many of them.
        job = jobs.queue(workspace, NewJob(inputs, node_id=node.id))
        try:
            jobs.wait_for_node(workspace, node, job.id, PICTURES_TIMEOUT_S)
        finally:
            workspace.store.jobs.remove(job.id)
        filter_block = _read_cached_file(path, FilterBlock)
    if filter_block is None:
        raise Unavailable(f"The pictures of layer {layer.name} were deleted before they could be read; try again.")
    return filter_block.items


def _pictures_folder(workspace: Workspace, node: Node) -> Path:
    return workspace.store.files.filter_pictures_folder(node.experiment_id, node.number)


def _read_cached_file(path: Path, kind: type[V]) -> V | None:
    try:
        text = path.read_bytes()
        os.utime(path)  # the cache evicts the least recently used files
    except FileNotFoundError:
        return None
    return kind.model_validate_json(text)


def _find_layer(workspace: Workspace, node: Node, name: str) -> Layer:
    layers = load_structure(workspace.store, node.id).layers.layers
    for layer in layers:
        if layer.name == name:
            return layer
    examples = ", ".join(layer.name for layer in layers[:5])
    layer_hint = f"the layers of this node are {examples}, … (GET /api/nodes/{node.id}/layers)"
    raise NotFound(f"Node {node.number} has no layer {name!r}; {layer_hint}.")


def _require_sample(predictions: Predictions, sample: int) -> None:
    if sample >= len(predictions.labels):
        last = len(predictions.labels) - 1
        raise NotFound(f"There is no sample {sample}; the selection split has samples 0 to {last}.")
