"""Experiments say whether their MACs were counted by operation; reports on networks say the spread of the logits."""

import gzip
import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("experiments", sa.Column("macs_counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    blobs = sa.table("blobs", sa.column("id"), sa.column("name"), sa.column("data", sa.LargeBinary()))
    connection = op.get_bind()
    reports = connection.execute(sa.select(blobs.c.id, blobs.c.data).where(blobs.c.name == "network_report")).all()
    for blob_id, data in reports:
        report = json.loads(gzip.decompress(data))
        report["proof"].pop("normalises_channels", None)  # norms over channels are part of every proof now
        new_data = gzip.compress(json.dumps(report).encode(), compresslevel=4)
        connection.execute(blobs.update().where(blobs.c.id == blob_id).values(data=new_data))


def downgrade() -> None:
    op.drop_column("experiments", "macs_counted")
