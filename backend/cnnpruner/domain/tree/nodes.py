"""What a Node is: one version of the network in the pruning tree."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Changing, ErrorBody, Interval, Value
from cnnpruner.domain.markup import Content, count, facts, percent
from cnnpruner.domain.tree.experiments import Training, TrainingChoice

NodeState = Literal["waiting", "running", "ready", "failed", "cancelled"]
Origin = Literal["trained", "imported", "plan", "automatic", "control"]
ControlKind = Literal["random", "l1", "scratch"]
Runtime = Literal["eager", "onnxruntime"]


class Latency(Value):
    """Measured time of one forward pass, warm."""

    runtime: Runtime = Field(description="what ran the network: torch as it is, or ONNX Runtime")
    batch: int = Field(description="images a pass")
    device: str = Field(description="what its maker calls it")
    median_ms: float = Field(description="median time of one pass, milliseconds")
    iqr_ms: float = Field(description="interquartile range, milliseconds")


class Epoch(Value):
    """One finished epoch. Epoch 0 is the cut (or fresh) network before any training."""

    epoch: int = Field(ge=0, description="0: before any training")
    train_loss: float | None = Field(
        description="mean cross-entropy over the epoch's train images, nats; null for epoch 0"
    )
    loss: float = Field(description="mean cross-entropy on the selection split, nats")
    accuracy: float = Field(description="on the selection split, 0-1")
    learning_rate: float | None = Field(description="at the last step of the epoch; null for epoch 0")
    seconds: float = Field(description="duration of training and evaluation")
    at: datetime = Field(description="when it was finished, UTC")


class Control(Value):
    """How a control was made: cut or trained anew to the same widths as another node."""

    kind: ControlKind = Field(description="random filters, lowest L1 norm, or the same structure trained from scratch")
    seed: int = Field(description="of random choice, fresh weights and order of data")
    reference_id: int = Field(description="the node that it is a control of")


class NewControls(Value):
    """Controls at equal size, each with a seed of its own."""

    kind: ControlKind = Field(description="random filters, lowest L1 norm, or the same structure trained from scratch")
    seeds: int = Field(default=1, ge=1, le=20, description="how many nodes")
    training: TrainingChoice | None = Field(
        default=None, description="over that of the node; from scratch, over that of the root"
    )


class Node(Changing):
    """Weights, plan, parent, epochs and metrics never change once it is `ready`."""

    id: int = Field(description="of the node")
    experiment_id: int = Field(description="of the tree that it stands in")
    parent_id: int | None = Field(description="the node that it was cut from; null for the root")
    number: int = Field(description="from 0 per experiment, never reused")
    state: NodeState = Field(description="only a ready node can be looked into and cut")
    origin: Origin = Field(description="what made it")
    created_at: datetime = Field(description="when it was asked for, UTC")
    accuracy: float | None = Field(description="best epoch, selection split, 0-1")
    accuracy_interval: Interval | None = Field(description="of `accuracy`, 95 %")
    correct: int | None = Field(description="selection images classified rightly at the best epoch")
    images: int = Field(description="selection images")
    loss: float | None = Field(description="mean cross-entropy at the best epoch, selection split, nats")
    test_accuracy: float | None = Field(description="null until somebody measures it, 0-1")
    test_measured_at: datetime | None = Field(description="when somebody measured it, UTC; null: nobody did")
    accuracy_low: float | None = Field(description="lowest accuracy over its epochs, 0-1")
    accuracy_high: float | None = Field(description="highest accuracy over its epochs, 0-1")
    loss_first: float | None = Field(description="loss of epoch 0, selection split, nats")
    loss_last: float | None = Field(description="loss of the last finished epoch, selection split, nats")
    filters: int | None = Field(description="output channels of convolutions and units of fully-connected layers")
    free_filters: int | None = Field(description="those in free units")
    parameters: int | None = Field(description="of the whole network")
    macs: int | None = Field(description="multiply-accumulates of convolutions and linear layers for one image")
    size_bytes: int | None = Field(description="size of the safetensors file")
    compression: float | None = Field(description="1 - parameters / parameters of the root, 0-1")
    latency: list[Latency] = Field(description="one for each runtime, batch and device that was measured")
    epochs: int = Field(description="training epochs finished")
    epochs_planned: int | None = Field(description="training epochs asked for")
    best_epoch: int | None = Field(description="the epoch that its weights and metrics are of")
    recovered: bool | None = Field(
        description="not worse than the parent by more than the tolerance; null for the root"
    )
    needed_correct: int | None = Field(description="right selection images from which it counts as recovered")
    degraded: int | None = Field(description="selection images right in the parent and wrong here")
    improved: int | None = Field(description="selection images wrong in the parent and right here")
    plan_id: int | None = Field(description="the plan that made it")
    removed_filters: int | None = Field(description="filters removed by that plan")
    control: Control | None = Field(description="what it is a control of; null for all but controls")
    training: Training | None = Field(description="what trained or tuned it; null: nothing did")
    job_id: int | None = Field(description="the job that makes or made it")
    error: ErrorBody | None = Field(description="why it failed; null: it did not")
    note: str = Field(description="what a person wrote on it")
    starred: bool = Field(description="whether a person marked it")
    laid_out: bool = Field(default=False, description="its map of samples is there: GET /nodes/{node_id}/embedding")

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        around = self.accuracy_interval
        interval = "" if around is None else f" (95 %: {percent(around.low)} to {percent(around.high)})"
        recovered = {True: "yes", False: "no", None: None}[self.recovered]
        report: list[tuple[str, Content | None]] = [
            ("state", self.state),
            ("accuracy", percent(self.accuracy) + interval),
            ("recovered", recovered),
            ("filters", count(self.filters)),
            ("parameters", count(self.parameters)),
            ("MACs", count(self.macs)),
            ("compression", percent(self.compression)),
            ("epochs", self.epochs),
            ("error", self.error.message if self.error else None),
            ("note", self.note or None),
        ]
        return facts(f"Node {self.number}{' ★' if self.starred else ''}", report)


class NodeChanges(Value):
    """What a person may change on a node at any time."""

    note: str | None = Field(default=None, max_length=10_000, description="what a person writes on it; null: as it is")
    note_before: str | None = Field(
        default=None, max_length=10_000, description="the note that was edited; 409 where it reads otherwise by now"
    )
    starred: bool | None = Field(default=None, description="whether a person marks it; null: as it is")


class Tree(Value):
    """Enough to draw tree and statistics in one call."""

    nodes: list[Node] = Field(description="in order of their numbers")


class Confusion(Value):
    """Selection images by true and predicted class."""

    node_id: int = Field(description="the node that called them so")
    classes: list[str] = Field(description="names, in the order of the network's outputs")
    counts: list[list[int]] = Field(description="row: true class, column: predicted class, images")
    parent_counts: list[list[int]] | None = Field(description="the same for the parent; null for the root")
    images: int = Field(description="selection images")


class Sample(Value):
    """One image of the selection split as two nodes see it."""

    sample: int = Field(description="position in the selection split")
    label: int = Field(description="true class")
    predicted: int = Field(description="class that this node calls it")
    probability: float = Field(description="of the predicted class, 0-1")
    before: int | None = Field(description="class that the compared node calls it; null without one")
    change: Literal["degraded", "improved", "same"] = Field(description="against the compared node")


class Samples(Value):
    """A page of samples and how many there are."""

    node_id: int = Field(description="the node that sees them so")
    against_id: int | None = Field(description="the compared node; null: there is none")
    total: int = Field(description="samples that match")
    images: int = Field(description="selection images in all")
    items: list[Sample] = Field(description="in the order of the split")
    next: int | None = Field(description="offset of the next page; null at the end")
