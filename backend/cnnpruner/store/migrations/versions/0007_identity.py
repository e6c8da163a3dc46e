"""Database and model store have one identity, deletions are recorded, weights have a checksum."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("identity", sa.String(32), nullable=False),
        sa.Column("claim", sa.String(32), nullable=False),
        sa.Column("claimed_before", sa.String(32)),
    )
    op.create_table(
        "deleted_files",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("workers", sa.JSON(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.add_column("nodes", sa.Column("weights_sha256", sa.String(64), nullable=True))
    # Nodes that will never be ready: what a killed server could not remove any more.
    op.execute(
        "INSERT INTO deleted_files (experiment_id, number, workers, deleted_at) "
        "SELECT experiment_id, number, '[]', created_at FROM nodes WHERE state IN ('failed', 'cancelled')"
    )


def downgrade() -> None:
    op.drop_column("nodes", "weights_sha256")
    op.drop_table("deleted_files")
    op.drop_table("store")
