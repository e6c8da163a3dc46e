"""Nodes say whether their map of samples is there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("laid_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE nodes SET laid_out = 1 WHERE id IN (SELECT node_id FROM parts WHERE name = 'embedding')")


def downgrade() -> None:
    op.drop_column("nodes", "laid_out")
