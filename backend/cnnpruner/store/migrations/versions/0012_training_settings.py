"""Training settings for a teacher, averaged weights, warm-up, label smoothing and gradient clipping."""

from cnnpruner.store.json_changes import Json, change_column, change_events, change_field

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW_SETTINGS: Json = {
    "teacher": None, "temperature": 4.0, "teacher_weight": 0.9, "ema": None, "warmup_epochs": 0,
    "label_smoothing": 0.0, "gradient_clip": None,
}  # fmt: skip
"""Values with which older settings train as before."""


def upgrade() -> None:
    for table in ("experiments", "nodes", "plans"):
        change_column(table, "training", _add_settings)
    change_column("experiments", "fixed", lambda fixed: change_field(fixed, "root_training", _add_settings))
    change_column("nodes", "training_record", _add_teacher_number)
    change_events(("experiment", "node", "plan"), _change_value)


def _add_settings(training: Json) -> Json:
    return NEW_SETTINGS | training


def _add_teacher_number(record: Json) -> Json:
    return {"teacher_number": None} | record


def _change_value(_: str, value: Json) -> Json:
    for field in ("training", "root_training"):
        value = change_field(value, field, _add_settings)
    return change_field(value, "training_record", _add_teacher_number)


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
