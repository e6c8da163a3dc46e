"""Tables and sentences that say how nodes were trained, and what accuracy was forecast when their plans were
applied.
"""

from collections.abc import Mapping, Sequence

from cnnpruner.domain.markup import Markup, MarkupContent, concatenate, count, element, percent, table
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.provenance import TrainingRecord
from cnnpruner.domain.tree.training import Training

COLUMN_NAMES = (
    "node", "start weights", "settings", "images seen", "duration", "device", "forecast, 80% interval", "outcome"
)  # fmt: skip
NOT_RECORDED = "not recorded"
SCHEDULE_NAMES = {"cosine": "cosine", "one_cycle": "one-cycle"}
AUGMENTATION_NAMES = {"none": "no augmentation", "crop": "random shift", "crop_flip": "random shift and flip"}


def training_section(nodes: Sequence[Node]) -> Markup:
    """Return a table with one row per ready node: how it was trained, and what accuracy was forecast for it."""
    numbers = {node.id: node.number for node in nodes}
    rows = [describe_provenance(node, numbers) for node in nodes if node.state == "ready"]
    if not rows:
        return element("p", "No node is ready yet.", class_="soft")
    return table(COLUMN_NAMES, rows)


def notices_section(nodes: Sequence[Node]) -> Markup:
    """Return the notices about nodes, and the reasons why nodes could not be judged as recovered or not. The result is
    empty if there are none.
    """
    reasons = dict.fromkeys(node.recovered_reason for node in nodes if node.recovered_reason is not None)
    sentences = [*(notice for node in nodes for notice in node.notices), *reasons]
    return concatenate([element("p", f"⚠ {sentence}", class_="bad") for sentence in sentences if sentence is not None])


def describe_provenance(node: Node, numbers: Mapping[int, int]) -> list[MarkupContent]:
    """Return the cells of a ready node's row, one for each of `COLUMN_NAMES`. `numbers`: node numbers by node id."""
    record = node.training_record
    outcome = percent(node.accuracy)
    if node.forecast is not None and node.accuracy is not None:
        outcome += f", {compare_with_forecast(node.forecast.low, node.accuracy, node.forecast.high)}"
    return [
        node.number,
        describe_start_weights(node, numbers),
        "not trained"
        if node.training is None
        else describe_training(node.training, _find_recorded_teacher_name(node, numbers)),
        NOT_RECORDED if record is None else f"{count(record.images_seen)} ({describe_epochs(node)})",
        NOT_RECORDED if record is None else f"{record.seconds:,.1f} s",
        NOT_RECORDED if record is None else record.device + (", bfloat16" if record.bfloat16 else ""),
        describe_forecast(node),
        outcome,
    ]


def compare_with_forecast(low: float, accuracy: float, high: float) -> str:
    """Say whether an accuracy lies within, below or above its forecast interval."""
    if low <= accuracy <= high:
        return "within the forecast interval"
    return "below the forecast interval" if accuracy < low else "above the forecast interval"


def describe_epochs(node: Node) -> str:
    """Describe how long a node was trained, as epochs × images, for example “3 epochs × 1,078”. The node must have a
    training record.
    """
    assert node.training_record is not None
    unit = "epoch" if node.epochs == 1 else "epochs"
    return f"{node.epochs} {unit} × {count(node.training_record.images_per_epoch)}"


def describe_start_weights(node: Node, numbers: Mapping[int, int]) -> str:
    """Describe the weights from which the node's training started."""
    record = node.training_record
    if record is None:
        return NOT_RECORDED
    parent = "–" if node.parent_id is None else numbers.get(node.parent_id, "–")
    weights = {
        "fresh": f"random, seed {record.seed}",
        "checkpoint": "the experiment's checkpoint",
        "pretrained": "published weights",
        "cut": f"weights of node {parent} without the removed filters",
        "recalibrated": f"weights of node {parent} without the removed filters, batch norm re-estimated",
        "reconstructed": f"weights of node {parent} without the removed filters, reconstructed"
        + _describe_reconstruction_fit(record),
    }[record.start]
    return weights + _describe_start_accuracies(record)


def _describe_reconstruction_fit(record: TrainingRecord) -> str:
    fit = record.reconstruction
    return "" if fit is None else f" ({fit.fitted} of {fit.layers} layers fitted)"


def _describe_start_accuracies(record: TrainingRecord) -> str:
    """Describe the accuracies of the start weights that were compared to choose the best; an empty string if none were
    compared.
    """
    start_accuracies = record.start_accuracies
    if start_accuracies is None:
        return ""
    accuracies = {
        "as cut": start_accuracies.cut,
        "re-estimated": start_accuracies.recalibrated,
        "reconstructed": start_accuracies.reconstructed,
    }
    texts = [f"{name} {percent(value.accuracy)}" for name, value in accuracies.items() if value is not None]
    return f"; chosen as the best of: {', '.join(texts)}"


def describe_forecast(node: Node) -> str:
    """Describe the accuracy forecast that was made when the node's plan was applied."""
    if node.parent_id is None or node.control is not None:
        return "–"
    forecast = node.forecast
    if forecast is None:
        return NOT_RECORDED if node.forecast_reason is None else f"no forecast: {node.forecast_reason}"
    interval = f"{percent(forecast.low)}–{percent(forecast.high)}"
    return f"{percent(forecast.accuracy)} ({interval}), based on {forecast.nodes} nodes"


def _find_recorded_teacher_name(node: Node, numbers: Mapping[int, int]) -> str:
    if node.training_record is not None and node.training_record.teacher_number is not None:
        return f"node {node.training_record.teacher_number}"
    return "" if node.training is None else get_teacher_name(node.training, numbers)


def get_teacher_name(training: Training, numbers: Mapping[int, int]) -> str:
    """Return the teacher's name: “node 3”, or “a deleted node”. `numbers`: node numbers by node id."""
    teacher_exists = isinstance(training.teacher, int) and training.teacher in numbers
    return f"node {numbers[training.teacher]}" if teacher_exists else "a deleted node"  # type: ignore[index]


def describe_training(training: Training, teacher: str) -> str:
    """Describe all training settings. `teacher`: name of the teacher, used only if the training has a teacher."""
    images = "all training images" if training.images is None else f"{count(training.images)} training images"
    settings = [
        f"SGD, learning rate {training.learning_rate:g}, {SCHEDULE_NAMES[training.schedule]} schedule",
        f"{training.epochs} {'epoch' if training.epochs == 1 else 'epochs'} of {images}",
        f"batch size {training.batch_size}",
        f"momentum {training.momentum:g}",
        f"weight decay {training.weight_decay:g}",
        AUGMENTATION_NAMES[training.augmentation],
        *(["early stopping"] if training.early_stop else []),
        *(["bfloat16 allowed"] if training.amp else []),
        *_describe_optional_settings(training, teacher),
    ]
    return ", ".join(settings)


def _describe_optional_settings(training: Training, teacher: str) -> list[str]:
    """Describe the optional training settings that are in use."""
    teacher_text = f"teacher {teacher} (weight {training.teacher_weight:g}, temperature {training.temperature:g})"
    return [
        *([] if training.teacher is None else [teacher_text]),
        *([] if training.ema is None else [f"averaged weights, decay {training.ema:g}"]),
        *(
            [f"warm-up for {training.warmup_epochs} {'epoch' if training.warmup_epochs == 1 else 'epochs'}"]
            if training.warmup_epochs
            else []
        ),
        *([f"label smoothing {training.label_smoothing:g}"] if training.label_smoothing else []),
        *([] if training.gradient_clip is None else [f"gradient norm clipped to {training.gradient_clip:g}"]),
    ]
