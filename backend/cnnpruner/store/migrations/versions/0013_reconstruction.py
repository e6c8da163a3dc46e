"""Previews say what a reconstruction reached; those of earlier versions have none."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW_FIELDS = {"reconstructed": None, "reconstruction": None}
"""Fields that older previews lack."""


def upgrade() -> None:
    connection = op.get_bind()
    plans = sa.table("plans", sa.column("id", sa.Integer), sa.column("preview", sa.JSON))
    for row in connection.execute(sa.select(plans)).all():
        if row.preview:
            connection.execute(plans.update().where(plans.c.id == row.id).values(preview=NEW_FIELDS | row.preview))
    events = sa.table("events", sa.column("id", sa.Integer), sa.column("kind", sa.String), sa.column("data", sa.Text))
    for row in connection.execute(sa.select(events).where(events.c.kind == "plan")).all():
        event = json.loads(row.data)
        if event["plan"]["preview"]:
            data = json.dumps(_add_fields(event), separators=(",", ":"))
            connection.execute(events.update().where(events.c.id == row.id).values(data=data))


def _add_fields(event: dict[str, Any]) -> dict[str, Any]:
    plan = event["plan"]
    return event | {"plan": plan | {"preview": NEW_FIELDS | plan["preview"]}}


def downgrade() -> None:
    connection = op.get_bind()
    plans = sa.table("plans", sa.column("id", sa.Integer), sa.column("preview", sa.JSON))
    for row in connection.execute(sa.select(plans)).all():
        if row.preview:
            old_preview = {name: value for name, value in row.preview.items() if name not in NEW_FIELDS}
            connection.execute(plans.update().where(plans.c.id == row.id).values(preview=old_preview))
