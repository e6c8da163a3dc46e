"""Experiments count the looks at their test split; latencies say what ran the network."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Latencies = list[dict[str, Any]]


def upgrade() -> None:
    op.add_column("experiments", sa.Column("tests", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("experiments", sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE experiments SET"
        " tests = (SELECT count(*) FROM nodes WHERE experiment_id = experiments.id AND test_accuracy IS NOT NULL),"
        " tested_at = (SELECT max(test_measured_at) FROM nodes WHERE experiment_id = experiments.id)"
    )
    _change_latencies(lambda measured: [{"runtime": "eager", **one} for one in measured])


def _change_latencies(change: Callable[[Latencies], Latencies]) -> None:
    nodes = sa.table("nodes", sa.column("id", sa.Integer), sa.column("latency", sa.JSON))
    connection = op.get_bind()
    for node_id, measured in connection.execute(sa.select(nodes.c.id, nodes.c.latency)).all():
        if measured:
            connection.execute(nodes.update().where(nodes.c.id == node_id).values(latency=change(measured)))


def downgrade() -> None:
    op.drop_column("experiments", "tested_at")
    op.drop_column("experiments", "tests")
    _change_latencies(
        lambda measured: [
            {key: value for key, value in one.items() if key != "runtime"}
            for one in measured
            if one["runtime"] == "eager"
        ]
    )
