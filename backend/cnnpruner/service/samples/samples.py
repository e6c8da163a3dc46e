"""Selection images with a node's predictions for them."""

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

PLACEHOLDER_GRAY = 128
"""Gray value shown in place of pictures that were not included in the bundle."""

SampleChange = Literal["all", "degraded", "improved", "wrong", "right"]


class SampleQuery(Value):
    """Conditions that the returned samples must meet, and how many of the matching samples to skip and to return."""

    change: SampleChange = Field(
        default="all",
        description="`degraded`: this node is wrong and the compared node is right. `improved`: this node is right and "
        "the compared node is wrong. `wrong`: this node is wrong, whatever the compared node predicts. `right`: this "
        "node is right, whatever the compared node predicts. `all`: no condition.",
    )
    against: int | None = Field(
        default=None, ge=1, le=2**53 - 1, description="ID of the node to compare with. Default: the parent."
    )
    label: int | None = Field(default=None, description="Only samples of this true class.")
    classes: list[int] = Field(default_factory=list, max_length=1000, description="Only samples of these true classes.")
    predicted: int | None = Field(default=None, description="Only samples for which the node predicts this class.")
    offset: int = Field(default=0, ge=0, le=10**9, description="Number of samples to skip.")
    limit: int = Field(default=200, ge=1, le=20_000, description="Maximum number of samples to return.")


def find_samples(workspace: Workspace, node: Node, query: SampleQuery) -> Samples:
    """Returns a page of the matching samples, in the order of the selection split."""
    predictions = nodes.get_predictions(workspace, node)
    _require_known_classes(query, len(workspace.store.experiments.get(node.experiment_id).classes))
    against = find_compared_node(workspace, node, query.against)
    before = nodes.get_predictions(workspace, against).predicted if against is not None else None
    matching_samples = np.flatnonzero(_match_samples(predictions, before, query))
    page = matching_samples[query.offset : query.offset + query.limit]
    end = query.offset + len(page)
    return Samples(
        node_id=node.id,
        against_id=against.id if against is not None else None,
        total=len(matching_samples),
        images=len(predictions.labels),
        items=[describe_sample(int(sample), predictions, before) for sample in page],
        next=end if end < len(matching_samples) else None,
    )


def _require_known_classes(query: SampleQuery, classes: int) -> None:
    fields = [("label", query.label), ("predicted", query.predicted), *(("classes", label) for label in query.classes)]
    for field, label in fields:
        if label is not None and not 0 <= label < classes:
            raise InvalidInput(f"{field}: there is no class {label}; classes are 0 to {classes - 1}.", field=field)


def find_compared_node(workspace: Workspace, node: Node, against: int | None) -> Node | None:
    """Returns the node to compare with: the node with the id `against` or, if `against` is None, the parent; None for a
    root without `against`. Raises InvalidInput for a node of another tree.
    """
    compared_node_id = against if against is not None else node.parent_id
    compared_node = visitors.find_node(workspace, compared_node_id) if compared_node_id is not None else None
    if compared_node is not None and compared_node.experiment_id != node.experiment_id:
        message = f"Node {compared_node.id} belongs to another experiment; compare with a node of the same tree."
        raise InvalidInput(message, against=compared_node.id)
    return compared_node


def _match_samples(predictions: Predictions, before: NDArray[np.int64] | None, query: SampleQuery) -> NDArray[np.bool_]:
    is_correct = predictions.is_correct
    was_correct = is_correct if before is None else before == predictions.labels
    is_match: NDArray[np.bool_] = {
        "all": np.ones_like(is_correct),
        "wrong": ~is_correct,
        "right": is_correct,
        "degraded": was_correct & ~is_correct,
        "improved": ~was_correct & is_correct,
    }[query.change]
    if query.label is not None:
        is_match = is_match & (predictions.labels == query.label)
    if query.classes:
        is_match = is_match & np.isin(predictions.labels, query.classes)
    return is_match if query.predicted is None else is_match & (predictions.predicted == query.predicted)


def describe_sample(sample: int, predictions: Predictions, before: NDArray[np.int64] | None) -> Sample:
    """Describes one sample. `before`: the predictions of the compared node for all samples."""
    label, predicted = int(predictions.labels[sample]), int(predictions.predicted[sample])
    compared_class = None if before is None else int(before[sample])
    change: Literal["degraded", "improved", "same"] = "same"
    if compared_class is not None and (compared_class == label) != (predicted == label):
        change = "degraded" if compared_class == label else "improved"
    probability = float(predictions.probability[sample, 0])
    return Sample(
        sample=sample, label=label, predicted=predicted, probability=probability, before=compared_class, change=change
    )


def render_image(workspace: Workspace, experiment: Experiment, sample: int, size: int) -> bytes:
    """Returns an image of the selection split as PNG, enlarged by an integer factor to at least `size` pixels."""
    path = workspace.store.files.pictures_path(experiment.id)
    if not path.exists() and workspace.store.nodes.get(experiment.root_id).state == "ready":
        # It was opened from a bundle without pictures.
        return _write_png(np.full((size, size, 1), PLACEHOLDER_GRAY, dtype=np.uint8))
    if not path.exists():
        raise NotFound(f"Experiment {experiment.id} has no pictures until its root node is ready.")
    pictures = np.load(path, mmap_mode="r")
    if sample >= len(pictures):
        raise NotFound(f"There is no sample {sample}; the selection split has samples 0 to {len(pictures) - 1}.")
    pixels = np.ascontiguousarray(pictures[sample])
    factor = max(1, -(-size // pixels.shape[0]))
    return _write_png(pixels.repeat(factor, axis=0).repeat(factor, axis=1))


def _write_png(pixels: NDArray[np.uint8]) -> bytes:
    """Returns pixels [H, W, C] encoded as PNG."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
