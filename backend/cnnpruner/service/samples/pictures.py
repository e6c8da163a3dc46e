"""One sample as nodes see it, what filters see in it, and what filters respond to at all."""

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
from cnnpruner.service.plans.structures import structure
from cnnpruner.service.samples import samples
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

BLOCK = 32
"""Filters that are computed together."""
PICTURES_S, ACTIVATIONS_S = 120.0, 600.0
"""Longest wait for a block, and for a pass over the selection split."""

V = TypeVar("V", bound=Value)


def view(workspace: Workspace, node: Node, sample: int, against: int | None) -> SampleView:
    """One selection image as this node and another (the parent unless given) see it."""
    here = nodes.predictions(workspace, node)
    _require_sample(here, sample)
    other = samples.compared(workspace, node, against)
    before = nodes.predictions(workspace, other) if other is not None else None
    row = samples.describe(sample, here, before.predicted if before is not None else None)
    return SampleView(
        node_id=node.id,
        against_id=other.id if other is not None else None,
        sample=sample,
        label=row.label,
        predicted=row.predicted,
        change=row.change,
        top=_top(here, sample),
        before=_top(before, sample) if before is not None else None,
    )


def _top(found: Predictions, sample: int) -> list[ClassProbability]:
    pairs = zip(found.top[sample].tolist(), found.probability[sample].tolist(), strict=True)
    return [ClassProbability(label=label, probability=min(probability, 1.0)) for label, probability in pairs]


def filters(workspace: Workspace, node: Node, sample: int, name: str, page: range) -> FilterPictures:
    """Pictures of the filters of layer `name` at the positions of `page`; waits for those that are not there yet."""
    _require_sample(nodes.predictions(workspace, node), sample)
    layer = _layer(workspace, node, name)
    chosen = range(layer.filters)[page.start : page.stop]
    items: list[FilterPicture] = []
    for block in range(page.start // BLOCK, -(-chosen.stop // BLOCK) if chosen else 0):
        found = _block(workspace, node, sample, layer, block)
        first = block * BLOCK
        items += found[max(chosen.start - first, 0) : max(chosen.stop - first, 0)]
    return FilterPictures(
        node_id=node.id,
        sample=sample,
        layer=name,
        total=layer.filters,
        offset=page.start,
        items=items,
        next=page.stop if page.stop < layer.filters else None,
    )


def layer_filters(workspace: Workspace, node: Node, name: str) -> LayerFilters:
    """What the filters of layer `name` respond to; the first time, waits for a pass over the selection split."""
    nodes.require_ready(node, "filter pictures")
    path = _folder(workspace, node) / f"layer-{_layer(workspace, node, name).index}.json"
    found = _read(path, LayerFilters)
    if found is None:
        visitors.require_work_allowed(workspace, f"The pictures of layer {name} are")
        jobs.wait_for(workspace, node, _activations_job(workspace, node), ACTIVATIONS_S)
        found = _read(path, LayerFilters)
    if found is None:
        raise Unavailable(f"The pictures of layer {name} are gone again; ask once more.")
    if not found.items:
        raise NotFound(f"Layer {name} does not run when node {node.number} looks at images, so it has no pictures.")
    return found


def _activations_job(workspace: Workspace, node: Node) -> int:
    return jobs.queue_once(workspace, node, ActivationsJob()).id


def _block(workspace: Workspace, node: Node, sample: int, layer: Layer, block: int) -> list[FilterPicture]:
    path = _folder(workspace, node) / f"sample-{sample}-layer-{layer.index}-block-{block}.json"
    found = _read(path, FilterBlock)
    if found is None:
        visitors.require_work_allowed(workspace, f"The pictures of layer {layer.name} for sample {sample} are")
        start = block * BLOCK
        inputs = PicturesJob(sample=sample, layer=layer.index, start=start, stop=start + BLOCK, path=path.name)
        # Not told to the page as a job, since the request itself waits; nor kept, since there are very many.
        job = jobs.queue(workspace, NewJob(inputs, node_id=node.id))
        try:
            jobs.wait_for(workspace, node, job.id, PICTURES_S)
        finally:
            workspace.store.jobs.remove(job.id)
        found = _read(path, FilterBlock)
    if found is None:
        raise Unavailable(f"The pictures of layer {layer.name} are gone again; ask once more.")
    return found.items


def _folder(workspace: Workspace, node: Node) -> Path:
    return workspace.store.files.filter_pictures(node.experiment_id, node.number)


def _read(path: Path, kind: type[V]) -> V | None:
    try:
        text = path.read_bytes()
        os.utime(path)  # the cache drops what was not used for longest
    except FileNotFoundError:
        return None
    return kind.model_validate_json(text)


def _layer(workspace: Workspace, node: Node, name: str) -> Layer:
    found = structure(workspace.store, node.id).layers.layers
    for layer in found:
        if layer.name == name:
            return layer
    known = ", ".join(layer.name for layer in found[:5])
    raise NotFound(f"Node {node.number} has no layer {name!r}; there are {known}, … (GET /api/nodes/{node.id}/layers).")


def _require_sample(here: Predictions, sample: int) -> None:
    if sample >= len(here.labels):
        last = len(here.labels) - 1
        raise NotFound(f"There is no sample {sample}; the selection split has samples 0 to {last}.")
