"""Selection images as nodes see them."""

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node, Sample, Samples
from cnnpruner.errors import InvalidInput, NotFound
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

PLACEHOLDER = 128
"""Grey that stands for a picture that did not come along."""

Change = Literal["all", "degraded", "improved", "wrong", "right"]


class SampleQuery(Value):
    """Which samples."""

    change: Change = Field(default="all", description="degraded: right before and wrong after; improved: the reverse")
    against: int | None = Field(
        default=None, ge=1, le=2**53 - 1, description="id of the node to compare with; unless given the parent"
    )
    label: int | None = Field(default=None, description="true class")
    classes: list[int] = Field(default_factory=list, max_length=1000, description="true classes, any of them")
    predicted: int | None = Field(default=None, description="class that the node calls it")
    offset: int = Field(default=0, ge=0, le=10**9, description="samples to skip")
    limit: int = Field(default=200, ge=1, le=20_000, description="most samples in the answer")


def find(workspace: Workspace, node: Node, query: SampleQuery) -> Samples:
    """A page of the samples that match, in the order of the split."""
    here = nodes.predictions(workspace, node)
    _require_classes(query, len(workspace.store.experiments.get(node.experiment_id).classes))
    against = compared(workspace, node, query.against)
    before = nodes.predictions(workspace, against).predicted if against is not None else None
    chosen = np.flatnonzero(_match(here, before, query))
    page = chosen[query.offset : query.offset + query.limit]
    end = query.offset + len(page)
    return Samples(
        node_id=node.id,
        against_id=against.id if against is not None else None,
        total=len(chosen),
        images=len(here.labels),
        items=[describe(int(sample), here, before) for sample in page],
        next=end if end < len(chosen) else None,
    )


def _require_classes(query: SampleQuery, classes: int) -> None:
    asked = [("label", query.label), ("predicted", query.predicted), *(("classes", one) for one in query.classes)]
    for field, label in asked:
        if label is not None and not 0 <= label < classes:
            raise InvalidInput(f"{field}: there is no class {label}; there are 0 to {classes - 1}.", field=field)


def compared(workspace: Workspace, node: Node, against: int | None) -> Node | None:
    """The node to compare with: `against`, else the parent, else none. Raises InvalidInput for another tree's."""
    other_id = against if against is not None else node.parent_id
    other = visitors.find_node(workspace, other_id) if other_id is not None else None
    if other is not None and other.experiment_id != node.experiment_id:
        message = f"Node {other.id} belongs to another experiment; compare with a node of the same tree."
        raise InvalidInput(message, against=other.id)
    return other


def _match(here: Predictions, before: NDArray[np.int64] | None, query: SampleQuery) -> NDArray[np.bool_]:
    right = here.is_correct
    was_right = right if before is None else before == here.labels
    match: NDArray[np.bool_] = {
        "all": np.ones_like(right),
        "wrong": ~right,
        "right": right,
        "degraded": was_right & ~right,
        "improved": ~was_right & right,
    }[query.change]
    if query.label is not None:
        match = match & (here.labels == query.label)
    if query.classes:
        match = match & np.isin(here.labels, query.classes)
    return match if query.predicted is None else match & (here.predicted == query.predicted)


def describe(sample: int, here: Predictions, before: NDArray[np.int64] | None) -> Sample:
    """One of them; `before` are the classes that the compared node calls all."""
    label, predicted = int(here.labels[sample]), int(here.predicted[sample])
    was = None if before is None else int(before[sample])
    change: Literal["degraded", "improved", "same"] = "same"
    if was is not None and (was == label) != (predicted == label):
        change = "degraded" if was == label else "improved"
    probability = float(here.probability[sample, 0])
    return Sample(sample=sample, label=label, predicted=predicted, probability=probability, before=was, change=change)


def picture(workspace: Workspace, experiment: Experiment, sample: int, size: int) -> bytes:
    """One picture of the selection split as PNG, enlarged by whole factors to at least `size` pixels."""
    path = workspace.store.files.pictures(experiment.id)
    if not path.exists() and workspace.store.nodes.get(experiment.root_id).state == "ready":
        return _write_png(np.full((size, size, 1), PLACEHOLDER, dtype=np.uint8))  # it came as a bundle without them
    if not path.exists():
        raise NotFound(f"Experiment {experiment.id} has no pictures yet; they are there once its root is made.")
    pictures = np.load(path, mmap_mode="r")
    if sample >= len(pictures):
        raise NotFound(f"There is no sample {sample}; the selection split has samples 0 to {len(pictures) - 1}.")
    pixels = np.ascontiguousarray(pictures[sample])
    factor = max(1, -(-size // pixels.shape[0]))
    return _write_png(pixels.repeat(factor, axis=0).repeat(factor, axis=1))


def _write_png(pixels: NDArray[np.uint8]) -> bytes:
    """Of [H, W, C]."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
