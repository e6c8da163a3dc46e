"""Training settings for a teacher, averaged weights, warm-up, label smoothing and gradient clipping."""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Json = dict[str, Any]

NEW_SETTINGS: Json = {
    "teacher": None, "temperature": 4.0, "teacher_weight": 0.9, "ema": None, "warmup_epochs": 0,
    "label_smoothing": 0.0, "gradient_clip": None,
}  # fmt: skip
"""Values with which older settings train as before."""


def upgrade() -> None:
    for table in ("experiments", "nodes", "plans"):
        _change_json(table, "training", _add_settings)
    _change_json("experiments", "fixed", lambda fixed: _change_field(fixed, "root_training", _add_settings))
    _change_json("nodes", "training_record", _add_teacher_number)
    _change_events()


def _add_settings(training: Json) -> Json:
    return NEW_SETTINGS | training


def _add_teacher_number(record: Json) -> Json:
    return {"teacher_number": None} | record


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
    kinds = ("experiment", "node", "plan")
    for row in connection.execute(sa.select(events).where(events.c.kind.in_(kinds))).all():
        event = json.loads(row.data)
        value = _change_field(event[row.kind], "training", _add_settings)
        value = _change_field(value, "root_training", _add_settings)
        value = _change_field(value, "training_record", _add_teacher_number)
        data = json.dumps(event | {row.kind: value}, separators=(",", ":"))
        connection.execute(events.update().where(events.c.id == row.id).values(data=data))


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
