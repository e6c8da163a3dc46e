"""Suggestions: searches for the best plan of a node. Autopilots can train by recipes; earlier ones did not."""

import sqlalchemy as sa
from alembic import op

from cnnpruner.store.json_changes import Json, change_column, change_events

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("apply_state", sa.String(), nullable=True),
        sa.Column("apply_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suggestions_experiment_id", "suggestions", ["experiment_id"])
    op.create_index("ix_suggestions_node_id", "suggestions", ["node_id"])
    change_column("autopilots", "settings", _add_recipe)
    change_events(("autopilot",), lambda _, autopilot: _add_recipe(autopilot))


def _add_recipe(settings: Json) -> Json:
    return {"recipe": False} | settings


def downgrade() -> None:
    raise NotImplementedError("Older versions cannot read these settings; restore the copy made before.")
