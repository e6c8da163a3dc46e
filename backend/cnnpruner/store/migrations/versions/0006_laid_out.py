"""Nodes say whether their map of samples is there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("laid_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    nodes = sa.table("nodes", sa.column("id"), sa.column("laid_out", sa.Boolean()))
    parts = sa.table("parts", sa.column("node_id"), sa.column("name"))
    maps = sa.select(parts.c.node_id).where(parts.c.name == "embedding")
    op.execute(nodes.update().where(nodes.c.id.in_(maps)).values(laid_out=True))


def downgrade() -> None:
    op.drop_column("nodes", "laid_out")
