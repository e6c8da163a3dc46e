"""Training records, forecasts when plans were applied, settings of applied plans, and the size of the largest class."""

import io

import numpy as np
import sqlalchemy as sa
from alembic import op

from cnnpruner.store.json_changes import Json, change_events

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEW_FIELDS: dict[str, Json] = {
    "node": {
        "recovered_reason": None,
        "learned": None,
        "notices": [],
        "training_record": None,
        "forecast": None,
        "forecast_reason": None,
    },
    "plan": {"training": None},
}
"""Fields that older events lack, by kind of event."""


def upgrade() -> None:
    op.add_column("experiments", sa.Column("largest_class", sa.Integer(), nullable=True))
    op.add_column("nodes", sa.Column("training_record", sa.JSON(), nullable=True))
    op.add_column("nodes", sa.Column("forecast", sa.JSON(), nullable=True))
    op.add_column("nodes", sa.Column("forecast_reason", sa.Text(), nullable=True))
    op.add_column("plans", sa.Column("training", sa.JSON(), nullable=True))
    _count_largest_classes()
    change_events(NEW_FIELDS, lambda kind, value: NEW_FIELDS[kind] | value)
    # The node that a plan made has stored its settings since version 0.1.0.
    op.execute(
        "UPDATE plans SET version = version + 1, "
        "training = (SELECT nodes.training FROM nodes WHERE nodes.id = plans.child_id) "
        "WHERE state = 'applied' AND child_id IN (SELECT id FROM nodes WHERE training IS NOT NULL)"
    )
    # Whether nodes have learned and recovered is now judged differently: older events must not replace the values.
    op.execute("UPDATE nodes SET version = version + 1 WHERE state = 'ready'")


def _count_largest_classes() -> None:
    """Count the selection images of the largest class, from the labels stored with the root's predictions."""
    connection = op.get_bind()
    predictions = connection.execute(
        sa.text(
            "SELECT nodes.experiment_id, blobs.data FROM nodes JOIN blobs ON blobs.node_id = nodes.id "
            "WHERE nodes.number = 0 AND nodes.state = 'ready' AND blobs.name = 'predictions'"
        )
    ).all()
    for experiment_id, data in predictions:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            labels = arrays["labels"]
        largest_class = int(np.bincount(labels).max()) if len(labels) else None
        update = sa.text("UPDATE experiments SET largest_class = :count WHERE id = :id")
        connection.execute(update.bindparams(count=largest_class, id=experiment_id))


def downgrade() -> None:
    op.drop_column("plans", "training")
    op.drop_column("nodes", "forecast_reason")
    op.drop_column("nodes", "forecast")
    op.drop_column("nodes", "training_record")
    op.drop_column("experiments", "largest_class")
