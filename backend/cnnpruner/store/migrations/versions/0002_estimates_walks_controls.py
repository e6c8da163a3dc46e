"""Estimates, walks and controls; previews tell broken limits."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch mode here: it would rebuild the table, and the cascade would take all that hangs on nodes.
    op.add_column("nodes", sa.Column("control", sa.JSON(), nullable=True))
    _make_estimates()
    _make_walks()
    _change_previews(lambda preview: {**preview, "broken_limits": []})


def _make_estimates() -> None:
    op.create_table(
        "estimates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_estimates_experiment_id", "estimates", ["experiment_id"])


def _make_walks() -> None:
    op.create_table(
        "walks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.Column("current_id", sa.Integer(), nullable=True),
        sa.Column("good_id", sa.Integer(), nullable=False),
        sa.Column("bad_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_walks_experiment_id", "walks", ["experiment_id"])
    op.create_index("ix_walks_state", "walks", ["state"])


def _change_previews(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    plans = sa.table("plans", sa.column("id", sa.Integer), sa.column("preview", sa.JSON))
    connection = op.get_bind()
    for plan_id, preview in connection.execute(sa.select(plans.c.id, plans.c.preview)).all():
        if preview is not None:
            connection.execute(plans.update().where(plans.c.id == plan_id).values(preview=change(preview)))


def downgrade() -> None:
    op.drop_table("walks")
    op.drop_table("estimates")
    op.drop_column("nodes", "control")
    _change_previews(lambda preview: {key: value for key, value in preview.items() if key != "broken_limits"})
