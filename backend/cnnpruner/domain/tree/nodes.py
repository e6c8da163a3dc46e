"""Nodes: versions of the network in the pruning tree."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import ErrorBody, Interval, Value, VersionedValue
from cnnpruner.domain.markup import MarkupContent, count, percent, titled_table
from cnnpruner.domain.tree.latencies import Latency, describe_latency_ratio, find_single_image_latency
from cnnpruner.domain.tree.provenance import AppliedForecast, TrainingRecord
from cnnpruner.domain.tree.training import Training, TrainingChoice

NodeState = Literal["waiting", "running", "ready", "failed", "cancelled"]
NodeOrigin = Literal["trained", "imported", "plan", "automatic", "control"]
ControlKind = Literal["random", "l1", "scratch"]


class Epoch(Value):
    """A finished epoch. Epoch 0 is the network before any training."""

    epoch: int = Field(ge=0, description="Number of the epoch. Epoch 0 is the network before any training.")
    train_loss: float | None = Field(
        description="Mean cross-entropy over the epoch's training images, in nats; null for epoch 0."
    )
    loss: float = Field(description="Mean cross-entropy on the selection split, in nats.")
    accuracy: float = Field(description="Accuracy on the selection split, 0-1.")
    learning_rate: float | None = Field(description="Learning rate at the last step of the epoch; null for epoch 0.")
    seconds: float = Field(description="Duration of training and evaluation, in seconds.")
    at: datetime = Field(description="When the epoch ended (UTC).")


class Control(Value):
    """How a control was made. A control has the same layer widths as its reference node, but different filters or newly
    trained weights.
    """

    kind: ControlKind = Field(
        description="How the control was made. `random`: random filters were removed. `l1`: the filters with the "
        "lowest L1 norms were removed. `scratch`: the same structure was trained from scratch."
    )
    seed: int = Field(description="Random seed for the choice of filters, the fresh weights and the order of the data.")
    reference_id: int = Field(description="ID of the reference node, with which this control is to be compared.")


class NewControls(Value):
    """Control nodes to create, each with its own seed. They all have the same layer widths as their reference node."""

    kind: ControlKind = Field(
        description="How to make the controls. `random`: remove random filters. `l1`: remove the filters with the "
        "lowest L1 norms. `scratch`: train the same structure from scratch."
    )
    seeds: int = Field(default=1, ge=1, le=20, description="Number of control nodes to create, each with its own seed.")
    training: TrainingChoice | None = Field(
        default=None,
        description="Training settings that override the reference node's settings or, for `scratch`, the root's "
        "settings.",
    )


class Node(VersionedValue):
    """A version of the network. Once a node is `ready`, its weights, plan, parent, epochs and metrics never change."""

    id: int = Field(description="ID of the node.")
    experiment_id: int = Field(description="ID of the experiment that the node belongs to.")
    parent_id: int | None = Field(description="ID of the node that this node was pruned from; null for the root.")
    number: int = Field(description="Number of the node in its tree, starting at 0. Numbers are never reused.")
    state: NodeState = Field(description="Current state of the node. Only a `ready` node can be inspected and pruned.")
    origin: NodeOrigin = Field(description="How the node was made.")
    created_at: datetime = Field(description="When the node was requested (UTC).")
    accuracy: float | None = Field(description="Accuracy on the selection split at the best epoch, 0-1.")
    accuracy_interval: Interval | None = Field(description="95% confidence interval of `accuracy`.")
    correct: int | None = Field(description="Number of selection images classified correctly at the best epoch.")
    images: int = Field(description="Number of selection images.")
    loss: float | None = Field(description="Mean cross-entropy on the selection split at the best epoch, in nats.")
    test_accuracy: float | None = Field(
        description="Accuracy on the test split, 0-1; null until it is measured on request."
    )
    test_measured_at: datetime | None = Field(
        description="When the test accuracy was measured (UTC); null if it has not been measured."
    )
    accuracy_low: float | None = Field(description="Lowest accuracy over the node's epochs, 0-1.")
    accuracy_high: float | None = Field(description="Highest accuracy over the node's epochs, 0-1.")
    loss_first: float | None = Field(description="Loss on the selection split at epoch 0, in nats.")
    loss_last: float | None = Field(description="Loss on the selection split at the last finished epoch, in nats.")
    filters: int | None = Field(
        description="Number of filters: output channels of convolutions and output features of fully connected "
        "layers, without the output layer."
    )
    free_filters: int | None = Field(description="Number of free filters, that is, filters that can be removed.")
    parameters: int | None = Field(description="Number of parameters in the whole network.")
    macs: int | None = Field(
        description="Number of multiply-accumulates for one image. `macs_counted` of the experiment says which "
        "operations are included."
    )
    size_bytes: int | None = Field(description="Size of the safetensors file in bytes.")
    compression: float | None = Field(
        description="Share of the root's parameters that this node no longer has, 0-1: 1 - parameters / parameters "
        "of the root."
    )
    latency: list[Latency] = Field(
        description="One latency for each measured combination of runtime, batch size, device and number of threads. "
        "GET /nodes/{node_id}/latencies returns the latencies with the times of all blocks."
    )
    epochs: int = Field(description="Number of finished training epochs.")
    epochs_planned: int | None = Field(description="Number of requested training epochs.")
    best_epoch: int | None = Field(
        description="Number of the epoch that the node's weights and metrics are taken from."
    )
    recovered: bool | None = Field(
        description="Whether the node's accuracy is at least that of its parent minus the tolerance; null for the "
        "root, and for children of a node that learned nothing (see `recovered_reason`)."
    )
    recovered_reason: str | None = Field(
        description="Why `recovered` is null although the node is ready and has a parent; null in all other cases.",
    )
    learned: bool | None = Field(
        description="False if the node learned nothing that its children could keep: its accuracy is not above the "
        "share of the largest class in the selection split, or it is a root that was trained from fresh weights "
        "without improving. `notices` gives the reason. Null until the node is ready.",
    )
    notices: list[str] = Field(
        description="Signs that the node learned nothing or that its training failed, one sentence each.",
    )
    needed_correct: int | None = Field(
        description="Number of selection images that the node must classify correctly to count as recovered."
    )
    degraded: int | None = Field(
        description="Number of selection images that the parent classifies correctly and this node does not."
    )
    improved: int | None = Field(
        description="Number of selection images that this node classifies correctly and the parent does not."
    )
    plan_id: int | None = Field(description="ID of the plan that made the node; null if no plan made it.")
    removed_filters: int | None = Field(description="Number of filters that the node's plan removed.")
    control: Control | None = Field(description="How the node was made if it is a control; null for other nodes.")
    training: Training | None = Field(
        description="Training settings that the node was made with; null if it was not trained. Later changes to the "
        "experiment's defaults do not affect them."
    )
    training_record: TrainingRecord | None = Field(
        description="Start weights, images seen, duration and device of the training; null until the node is ready, "
        "and for nodes made by an older version, which did not record this.",
    )
    forecast: AppliedForecast | None = Field(
        description="Accuracy that was forecast for the node when its plan was applied; null for roots and controls, "
        "for nodes made by an older version, and if there was no forecast (see `forecast_reason`).",
    )
    forecast_reason: str | None = Field(
        description="Why there was no forecast when the plan was applied; null in all other cases."
    )
    job_id: int | None = Field(description="ID of the job that makes or made the node.")
    error: ErrorBody | None = Field(description="Why the node's job failed; null if it did not fail.")
    note: str = Field(description="Note about the node.")
    starred: bool = Field(description="Whether the node is starred.")
    laid_out: bool = Field(
        default=False, description="Whether the node's map of samples is available at GET /nodes/{node_id}/embedding."
    )

    def _repr_html_(self) -> str:
        """Returns the HTML table that notebooks display for the node."""
        interval = self.accuracy_interval
        interval_text = (
            "" if interval is None else f" (95% interval: {percent(interval.low)} to {percent(interval.high)})"
        )
        recovered = {True: "yes", False: "no", None: None}[self.recovered]
        latency = find_single_image_latency(self.latency)
        rows: list[tuple[str, MarkupContent | None]] = [
            ("state", self.state),
            ("accuracy", percent(self.accuracy) + interval_text),
            ("recovered", recovered or self.recovered_reason),
            *(("notice", notice) for notice in self.notices),
            ("filters", count(self.filters)),
            ("parameters", count(self.parameters)),
            ("MACs", count(self.macs)),
            ("latency", None if latency is None else f"{latency.median_ms:.3g} ms, {describe_latency_ratio(latency)}"),
            ("compression", percent(self.compression)),
            ("epochs", self.epochs),
            *self._provenance_rows(),
            ("error", self.error.message if self.error else None),
            ("note", self.note or None),
        ]
        return titled_table(f"Node {self.number}{' ★' if self.starred else ''}", rows)

    def _provenance_rows(self) -> list[tuple[str, MarkupContent | None]]:
        if self.state != "ready":
            return []
        record, forecast = self.training_record, self.forecast
        forecast_text = self.forecast_reason
        if forecast is not None:
            forecast_text = (
                f"{percent(forecast.accuracy)} (80% interval: {percent(forecast.low)} to {percent(forecast.high)})"
            )
        settings = {} if self.training is None else self.training.model_dump(mode="json")
        return [
            ("training", ", ".join(f"{name} {value}" for name, value in settings.items()) or None),
            ("start weights", record.start if record else "not recorded"),
            ("images seen", count(record.images_seen) if record else "not recorded"),
            ("seconds", f"{record.seconds:.1f}" if record else "not recorded"),
            ("device", record.device if record else "not recorded"),
            ("forecast made when the plan was applied", forecast_text),
        ]


class NodeChanges(Value):
    """New note or star for a node. Both can be changed at any time."""

    note: str | None = Field(default=None, max_length=10_000, description="New note; null leaves it unchanged.")
    note_before: str | None = Field(
        default=None,
        max_length=10_000,
        description="The note as it was before your edit. The call returns 409 if the note has been changed "
        "in the meantime.",
    )
    starred: bool | None = Field(default=None, description="Whether to star the node; null leaves the star unchanged.")


class Tree(Value):
    """The tree in one response: everything needed to draw the tree and its statistics."""

    nodes: list[Node] = Field(description="Nodes, ordered by number.")


class Confusion(Value):
    """Confusion matrix of a node on the selection split."""

    node_id: int = Field(description="ID of the node.")
    classes: list[str] = Field(description="Names of the classes, in the order of the network's outputs.")
    counts: list[list[int]] = Field(
        description="Number of images for each pair of a true class (row) and a predicted class (column)."
    )
    parent_counts: list[list[int]] | None = Field(description="The parent's `counts`; null for the root.")
    images: int = Field(description="Number of selection images.")


class Sample(Value):
    """A selection image, with the predictions of two nodes."""

    sample: int = Field(description="Position of the image in the selection split, starting at 0.")
    label: int = Field(description="True class of the image.")
    predicted: int = Field(description="Class predicted by this node.")
    probability: float = Field(description="Probability of the predicted class, 0-1.")
    before: int | None = Field(description="Class predicted by the compared node; null if there is no compared node.")
    change: Literal["degraded", "improved", "same"] = Field(
        description="Difference from the compared node: `degraded` if only this node is wrong, `improved` if only this "
        "node is right, `same` in all other cases."
    )


class Samples(Value):
    """Some of the samples that match a query, and their total number."""

    node_id: int = Field(description="ID of the node.")
    against_id: int | None = Field(description="ID of the node that this node is compared with; null if there is none.")
    total: int = Field(description="Total number of samples that match the query.")
    images: int = Field(description="Total number of selection images.")
    items: list[Sample] = Field(description="Samples in the order of the selection split.")
    next: int | None = Field(description="Offset of the next page; null on the last page.")
