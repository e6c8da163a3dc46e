"""Trainings and Autopilots have a start, Autopilots also an order and a goal; earlier ones started as cut."""

from cnnpruner.store.json_changes import Json, change_column, change_events, change_field

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NEW_RECORD_FIELDS: Json = {"start_accuracies": None, "reconstruction": None, "step_seconds_per_image": None}

NEW_AUTOPILOT_SETTINGS: Json = {
    "goal": None, "steps": None, "start": "cut",
    "order": {"criterion": "taylor", "scope": "network", "within": None, "floor": 0.0},
}  # fmt: skip
"""What Autopilots did before these were settings."""


def upgrade() -> None:
    change_column("experiments", "training", _start_from_best)
    change_column("experiments", "fixed", lambda fixed: change_field(fixed, "root_training", _start_as_cut))
    for table in ("nodes", "plans"):
        change_column(table, "training", _start_as_cut)
    change_column("nodes", "training_record", _complete_record)
    change_column("autopilots", "settings", _complete_autopilot)
    change_events(("experiment", "node", "plan", "autopilot"), _change_value)


def _start_from_best(training: Json) -> Json:
    """Default settings: what is trained from now on starts from the best of the starts."""
    return {"start": "best"} | training


def _start_as_cut(training: Json) -> Json:
    return {"start": "cut"} | training


def _complete_record(record: Json) -> Json:
    return NEW_RECORD_FIELDS | record


def _complete_autopilot(settings: Json) -> Json:
    return NEW_AUTOPILOT_SETTINGS | settings


def _change_value(kind: str, value: Json) -> Json:
    """Change the value of an event as the row that it shows."""
    if kind == "autopilot":
        return _complete_autopilot(value)
    if kind == "experiment":
        return change_field(change_field(value, "training", _start_from_best), "root_training", _start_as_cut)
    return change_field(change_field(value, "training", _start_as_cut), "training_record", _complete_record)


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
