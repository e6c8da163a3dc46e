"""Upgrades the JSON files of an older bundle to the current version of the format, one version at a time.

To change the format, increase `BUNDLE_VERSION`, change the classes, and add a step here. The bundles of all versions in
`tests/published` then test the new step.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cnnpruner.formats.bundles import values

JsonFileKind = Literal["manifest", "layers", "embedding"]
UpgradeFunction = Callable[[dict[str, Any]], dict[str, Any]]


def _leave_unchanged(content: dict[str, Any]) -> dict[str, Any]:
    return content


@dataclass(frozen=True)
class UpgradeStep:
    """The functions that upgrade each kind of JSON file from one version to the next."""

    manifest: UpgradeFunction = _leave_unchanged
    layers: UpgradeFunction = _leave_unchanged
    """Upgrades the structures of the root and of the nodes."""
    embedding: UpgradeFunction = _leave_unchanged


def _add_missing_checksums(manifest: dict[str, Any]) -> dict[str, Any]:
    """Set the checksums of weights to null, because version 1 had no checksums."""
    return manifest | {"nodes": [node | {"weights_sha256": None} for node in manifest["nodes"]]}


def _rename_manifest_fields(manifest: dict[str, Any]) -> dict[str, Any]:
    """Rename the fields and the pool that had other names in versions 1 and 2: the field `walks` to `autopilots`, the
    field `like_id` to `reference_id`, and the pool `held` to `held_out`.
    """
    content = {"autopilots" if name == "walks" else name: value for name, value in manifest.items()}
    pools = {name: "held_out" if pool == "held" else pool for name, pool in manifest["pools"].items()}
    nodes = [_rename_control_reference(entry) for entry in manifest["nodes"]]
    return content | {"pools": pools, "nodes": nodes}


def _add_experiment_fields(experiment: dict[str, Any]) -> dict[str, Any]:
    """Add, with the value null, the fields of an experiment that are new in version 4. If `reading` is null, images are
    read by the rules of CNNPruner 0.1.0.
    """
    data = {"class_level": None, "value_range": None} | experiment["data"]
    return {"reading": None} | experiment | {"data": data, "weights": {"key": None} | experiment["weights"]}


def _rename_control_reference(entry: dict[str, Any]) -> dict[str, Any]:
    control = entry["node"]["control"]
    if control is None:
        return entry
    renamed_control = {"reference_id" if name == "like_id" else name: value for name, value in control.items()}
    return entry | {"node": entry["node"] | {"control": renamed_control}}


def _mark_macs_for_recount(manifest: dict[str, Any]) -> dict[str, Any]:
    """Mark the MACs to be counted again, because versions 1 to 3 counted only the MACs of traced weights. Also add the
    other fields of an experiment that are new in version 4.
    """
    return manifest | {"experiment": _add_experiment_fields(manifest["experiment"]) | {"macs_counted": False}}


def _add_empty_operation_lists(layers: dict[str, Any]) -> dict[str, Any]:
    return layers | {"operations": [], "uncounted": []}


_UNPAIRED_LATENCY_FIELDS: dict[str, Any] = {
    "threads": None, "root_median_ms": None, "ratio": None, "ratio_interval": None, "pairs": 0,
    "reliability": "unpaired", "reference_number": None, "measured_number": None, "measured_at": None,
    "block_ms": [], "root_block_ms": [],
}  # fmt: skip
"""Fields that were added to latencies in version 4, with their values for older latencies."""


def _mark_unpaired_latencies(manifest: dict[str, Any]) -> dict[str, Any]:
    """Mark all latencies as unpaired (measured without the root), because versions 1 to 3 did not measure the root."""
    return manifest | {"nodes": [_mark_node_latencies_unpaired(entry) for entry in manifest["nodes"]]}


def _mark_node_latencies_unpaired(entry: dict[str, Any]) -> dict[str, Any]:
    latencies = [latency | _UNPAIRED_LATENCY_FIELDS for latency in entry["node"]["latency"]]
    return entry | {"node": entry["node"] | {"latency": latencies}}


def _add_reconstructions(manifest: dict[str, Any]) -> dict[str, Any]:
    """Set the reconstruction of previews to null, because previews had none in versions 1 to 4."""
    return manifest | {
        "nodes": [entry | {"plans": _add_reconstruction_to_previews(entry["plans"])} for entry in manifest["nodes"]]
    }


def _add_reconstruction_to_previews(plans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    new_fields = {"reconstructed": None, "reconstruction": None}
    return [plan | {"preview": plan["preview"] and plan["preview"] | new_fields} for plan in plans]


_TRAINING_SETTINGS: dict[str, Any] = {
    "start": "cut", "teacher": None, "temperature": 4.0, "teacher_weight": 0.9, "ema": None, "warmup_epochs": 0,
    "label_smoothing": 0.0, "gradient_clip": None,
}  # fmt: skip
"""Fields that were added to training settings in version 5, with values that describe how earlier versions trained."""


_NEW_TRAINING_RECORD_FIELDS: dict[str, Any] = {
    "teacher_number": None, "start_accuracies": None, "reconstruction": None, "step_seconds_per_image": None,
}  # fmt: skip
"""Fields that were added to training records in version 5, with their values for older records."""


def _add_training_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """Add the training settings that are new in version 5 to the experiment, its nodes and their plans."""
    experiment = _extend_training_settings(manifest["experiment"], "training", "root_training")
    # Nodes were trained as cut; what is trained from now on starts from the best of the starts.
    experiment = experiment | {"training": experiment["training"] | {"start": "best"}}
    return manifest | {
        "experiment": experiment,
        "nodes": [_add_node_training_settings(entry) for entry in manifest["nodes"]],
    }


def _extend_training_settings(content: dict[str, Any], *fields: str) -> dict[str, Any]:
    settings = {name: content[name] for name in fields if content.get(name) is not None}
    return content | {name: _TRAINING_SETTINGS | value for name, value in settings.items()}


def _add_node_training_settings(entry: dict[str, Any]) -> dict[str, Any]:
    node = _extend_training_settings(entry["node"], "training")
    if node.get("training_record") is not None:
        node = node | {"training_record": _NEW_TRAINING_RECORD_FIELDS | node["training_record"]}
    return entry | {"node": node, "plans": [_extend_training_settings(plan, "training") for plan in entry["plans"]]}


def _add_autopilot_settings(manifest: dict[str, Any]) -> dict[str, Any]:
    """Add the Autopilot settings that are new in version 5, with values that describe how Autopilots worked in earlier
    versions.
    """
    order = {"criterion": "taylor", "scope": "network", "within": None, "floor": 0.0}
    settings = {"goal": None, "steps": None, "order": order, "start": "cut"}
    return manifest | {"autopilots": [settings | autopilot for autopilot in manifest["autopilots"]]}


def _add_rule_floors(manifest: dict[str, Any]) -> dict[str, Any]:
    """Set the floor of each plan's rule (the minimum share of a layer to keep) to 1 - `max_layer_share`, because rules
    had no floor in versions 1 to 4.
    """
    return manifest | {"nodes": [_add_node_rule_floors(entry) for entry in manifest["nodes"]]}


def _add_node_rule_floors(entry: dict[str, Any]) -> dict[str, Any]:
    floors = [round(1 - plan["rule"].get("max_layer_share", 1.0), 12) for plan in entry["plans"]]
    plans = zip(entry["plans"], floors, strict=True)
    return entry | {"plans": [plan | {"rule": plan["rule"] | {"floor": floor}} for plan, floor in plans]}


def _add_null_strides(structure: dict[str, Any]) -> dict[str, Any]:
    return structure | {"layers": [layer | {"stride": None} for layer in structure["layers"]]}


def _add_suggestions_and_recipes(manifest: dict[str, Any]) -> dict[str, Any]:
    """Add an empty list of suggestions, and the setting `recipe` of Autopilots. Versions 1 to 5 had neither."""
    autopilots = [{"recipe": False} | autopilot for autopilot in manifest["autopilots"]]
    return manifest | {"suggestions": [], "autopilots": autopilots}


STEPS: tuple[UpgradeStep, ...] = (
    UpgradeStep(manifest=_add_missing_checksums),
    UpgradeStep(manifest=_rename_manifest_fields),
    UpgradeStep(
        manifest=lambda manifest: _mark_unpaired_latencies(_mark_macs_for_recount(manifest)),
        layers=_add_empty_operation_lists,
    ),
    UpgradeStep(
        manifest=lambda manifest: _add_autopilot_settings(
            _add_reconstructions(_add_rule_floors(_add_training_settings(manifest)))
        ),
        layers=_add_null_strides,
    ),
    UpgradeStep(manifest=_add_suggestions_and_recipes),
)
"""Upgrade steps, one per version; the first one upgrades from version 1 to version 2."""


def upgrade(file: JsonFileKind, data: bytes, version: int) -> bytes:
    """Upgrade the JSON content of a file from format version `version` to the current version."""
    if version == values.BUNDLE_VERSION:
        return data
    content = json.loads(data)
    for step in STEPS[version - 1 :]:
        change: UpgradeFunction = getattr(step, file)
        content = change(content)
    return json.dumps(content).encode()
