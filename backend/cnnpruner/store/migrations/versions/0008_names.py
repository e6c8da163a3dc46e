"""Names of 0.2.0: Autopilots, queues, and what job inputs, events and reports call things."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

from cnnpruner.store.json_changes import change_column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Json = dict[str, Any]

TABLES = {"walks": "autopilots", "parts": "blobs"}
INDEXES = {
    "autopilots": {"ix_walks_experiment_id": ["experiment_id"], "ix_walks_state": ["state"]},
    "blobs": {"ix_parts_job_id": ["job_id"], "ix_parts_node_id": ["node_id"]},
}
COLUMNS = {"lane": "queue", "fruitless": "attempts_without_progress"}
JOB_KINDS = {"inspect": "experiment_check", "report": "network_report"}
DATA_REPORT = {"held_images": "held_out_images", "twins": "duplicates", "faults": "errors"}


def upgrade() -> None:
    for before, after in TABLES.items():
        op.rename_table(before, after)
        for index, columns in INDEXES[after].items():
            op.drop_index(index, after)
            op.create_index(index.replace(before, after), after, columns)
    for before, after in COLUMNS.items():
        op.execute(f"ALTER TABLE jobs RENAME COLUMN {before} TO {after}")
    change_column("jobs", "inputs", _job_inputs)
    change_column("nodes", "control", lambda control: _renamed(control, {"like_id": "reference_id"}))
    change_column("jobs", "error", _error)
    change_column("nodes", "error", _error)
    for before, after in JOB_KINDS.items():
        op.execute(sa.text("UPDATE jobs SET kind = :after WHERE kind = :before").bindparams(before=before, after=after))
    op.execute("UPDATE blobs SET name = 'network_report' WHERE name = 'report'")
    _change_blobs("data_report", _data_report)
    _change_blobs("splits", _splits)
    _change_events()


def _renamed(content: Json, names: dict[str, str]) -> Json:
    return {names.get(name, name): value for name, value in content.items()}


def _job_inputs(content: Json) -> Json:
    if "choose" in content and content["choose"] is not None:
        return content | {"choose": _renamed(content["choose"], {"like": "reference"})}
    if "network" in content:  # 0.1.0 wrote the new experiment itself
        return {"experiment": content}
    if "data" in content:  # 0.1.0 wrote what a data report was asked for itself
        return {"request": content}
    return _renamed(content, {"new": "experiment", "asked": "request"})


def _error(content: Json) -> Json:
    return content | {"details": _renamed(content.get("details", {}), {"faults": "errors"})}


def _data_report(data: bytes) -> bytes:
    report = _renamed(json.loads(gzip.decompress(data)), DATA_REPORT)
    report["classes"] = [_renamed(entry, {"held": "held_out"}) for entry in report["classes"]]
    return gzip.compress(json.dumps(report).encode())


def _splits(data: bytes) -> bytes:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    pools = {name: np.asarray("held_out") for name in ("selection_pool", "test_pool") if arrays[name] == "held"}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **(arrays | pools))
    return buffer.getvalue() if pools else data


def _change_blobs(name: str, change: Callable[[bytes], bytes]) -> None:
    blobs = sa.table(
        "blobs", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("data", sa.LargeBinary)
    )
    connection = op.get_bind()
    for row_id, data in connection.execute(sa.select(blobs.c.id, blobs.c.data).where(blobs.c.name == name)).all():
        connection.execute(blobs.update().where(blobs.c.id == row_id).values(data=change(data)))


def _change_events() -> None:
    columns = (sa.column("kind", sa.String), sa.column("key", sa.String), sa.column("data", sa.Text))
    events = sa.table("events", sa.column("id", sa.Integer), *columns)
    connection = op.get_bind()
    rows = connection.execute(sa.select(events).where(events.c.kind.in_(("walk", "job", "node")))).all()
    for row in rows:
        kind = "autopilot" if row.kind == "walk" else row.kind
        key = row.key.replace("walk:", "autopilot:") if row.kind == "walk" else row.key
        data = json.dumps(_event(json.loads(row.data)), separators=(",", ":"))
        connection.execute(events.update().where(events.c.id == row.id).values(kind=kind, key=key, data=data))


def _event(event: Json) -> Json:
    if event["kind"] == "walk":
        return {"kind": "autopilot", "autopilot": event["walk"]}
    if event["kind"] == "job":
        job = _renamed(event["job"], {"lane": "queue"})
        job["kind"] = JOB_KINDS.get(job["kind"], job["kind"])
        return event | {"job": _with_error(job)}
    node = _with_error(event["node"])
    if node.get("control") is not None:  # events older than controls lack the field
        node["control"] = _renamed(node["control"], {"like_id": "reference_id"})
    return event | {"node": node}


def _with_error(content: Json) -> Json:
    return content if content.get("error") is None else content | {"error": _error(content["error"])}


def downgrade() -> None:
    raise NotImplementedError("The names of 0.1.0 do not come back; restore the copy of the database made before.")
