"""Autopilots and suggestions can train by recipes; earlier ones did not."""

import sqlalchemy as sa
from alembic import op

from cnnpruner.store.json_changes import Json, change_column, change_events

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestions", sa.Column("awaits_apply", sa.Boolean(), nullable=False, server_default=sa.false()))
    change_column("suggestions", "settings", _complete_suggestion)
    change_column("autopilots", "settings", _complete_autopilot)
    change_events(("autopilot", "suggestion"), _change_value)


def _complete_suggestion(settings: Json) -> Json:
    return {"apply": False, "training_seconds": None} | settings


def _complete_autopilot(settings: Json) -> Json:
    return {"recipe": False} | settings


def _change_value(kind: str, value: Json) -> Json:
    """Change the value of an event in the same way as the row that the event shows."""
    return _complete_autopilot(value) if kind == "autopilot" else _complete_suggestion(value)


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
