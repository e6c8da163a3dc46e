"""Nodes have a hash of their structure, by which nodes of equal structure share their latencies."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("structure", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("nodes", "structure")
