"""Trainings and Autopilots have a start, Autopilots also an order and a goal; earlier ones started as cut."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Json = dict[str, Any]

NEW_RECORD_FIELDS: Json = {"start_accuracies": None, "reconstruction": None, "step_seconds_per_image": None}

NEW_AUTOPILOT_SETTINGS: Json = {
    "goal": None, "steps": None, "start": "cut",
    "order": {"criterion": "taylor", "scope": "network", "within": None, "floor": 0.0},
}  # fmt: skip
"""What Autopilots did before these were settings."""


def upgrade() -> None:
    # What is trained from now on starts from the best of the starts.
    _change_json("experiments", "training", lambda training: {"start": "best"} | training)
    _change_json("experiments", "fixed", lambda fixed: _change_field(fixed, "root_training", _start_as_cut))
    for table in ("nodes", "plans"):
        _change_json(table, "training", _start_as_cut)
    _change_json("nodes", "training_record", _complete_record)
    _change_json("autopilots", "settings", _complete_autopilot)
    _change_events()


def _complete_autopilot(settings: Json) -> Json:
    return NEW_AUTOPILOT_SETTINGS | settings


def _start_as_cut(training: Json) -> Json:
    return {"start": "cut"} | training


def _complete_record(record: Json) -> Json:
    return NEW_RECORD_FIELDS | record


def _change_field(content: Json, field: str, change: Callable[[Json], Json]) -> Json:
    """Change a field unless it is missing or null."""
    return content if content.get(field) is None else content | {field: change(content[field])}


def _change_json(table: str, column: str, change: Callable[[Json], Json]) -> None:
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column(column, sa.JSON))
    connection = op.get_bind()
    for row_id, content in connection.execute(sa.select(rows.c.id, rows.c[column])).all():
        if content:
            connection.execute(rows.update().where(rows.c.id == row_id).values({column: change(content)}))


def _change_events() -> None:
    columns = (sa.column("kind", sa.String), sa.column("data", sa.Text))
    events = sa.table("events", sa.column("id", sa.Integer), *columns)
    connection = op.get_bind()
    kinds = ("experiment", "node", "plan", "autopilot")
    for row in connection.execute(sa.select(events).where(events.c.kind.in_(kinds))).all():
        event = json.loads(row.data)
        if row.kind == "autopilot":
            value = _complete_autopilot(event["autopilot"])
        else:
            value = _change_field(event[row.kind], "training", _start_as_cut)
        value = _change_field(value, "root_training", _start_as_cut)
        value = _change_field(value, "training_record", _complete_record)
        data = json.dumps(event | {row.kind: value}, separators=(",", ":"))
        connection.execute(events.update().where(events.c.id == row.id).values(data=data))


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
