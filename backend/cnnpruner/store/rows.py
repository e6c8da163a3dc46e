"""The database tables. Only `store` accesses rows."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

from cnnpruner.store.utc import UtcDateTime


class Row(DeclarativeBase):
    """Base class of all rows."""

    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON, datetime: UtcDateTime(), bytes: LargeBinary}


class VersionedRow:
    """Counts the changes of a row, so that the newer of two copies can be recognized."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


AUTO_INCREMENT = {"sqlite_autoincrement": True}
"""Table option that keeps SQLite from reusing the ids of deleted rows."""


class ExperimentRow(Row):
    __tablename__ = "experiments"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    fixed: Mapped[dict[str, Any]]
    """Fields of the experiment that have no column of their own, as JSON. Apart from the notices, they never change."""
    tolerance: Mapped[float]
    target_accuracy: Mapped[float | None]
    training: Mapped[dict[str, Any]]
    import_accuracy: Mapped[float | None]
    import_images: Mapped[int | None]
    tests: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of measurements on the test split, including measurements of deleted nodes."""
    tested_at: Mapped[datetime | None]
    next_number: Mapped[int] = mapped_column(default=0)
    macs_counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the MACs include operations such as matrix products and attention.

    False for trees of version 0.2.0 and earlier until a job has recounted their MACs.
    """
    largest_class: Mapped[int | None]
    """Number of selection images in the largest class; null until the root is ready."""


class BlobRow(Row):
    """A compressed array or value that belongs to an experiment, a node or a job."""

    __tablename__ = "blobs"
    __table_args__ = (UniqueConstraint("experiment_id", "node_id", "name"), AUTO_INCREMENT)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    data: Mapped[bytes]


class NodeRow(VersionedRow, Row):
    __tablename__ = "nodes"
    __table_args__ = (UniqueConstraint("experiment_id", "number"), AUTO_INCREMENT)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    correct: Mapped[int | None]
    images: Mapped[int]
    loss: Mapped[float | None]
    test_accuracy: Mapped[float | None]
    test_measured_at: Mapped[datetime | None]
    accuracy_low: Mapped[float | None]
    accuracy_high: Mapped[float | None]
    loss_first: Mapped[float | None]
    loss_last: Mapped[float | None]
    filters: Mapped[int | None]
    free_filters: Mapped[int | None]
    parameters: Mapped[int | None]
    macs: Mapped[int | None]
    size_bytes: Mapped[int | None]
    weights_sha256: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the weights file; null for nodes of version 0.1.0 until their weights are first read."""
    compression: Mapped[float | None]
    structure: Mapped[str | None] = mapped_column(String(64))
    """Hash of the structure; null for nodes that were made by earlier versions or came with a bundle. For these nodes,
    the hash is computed when needed.
    """
    latency: Mapped[list[Any]] = mapped_column(default=list)
    """The latencies as JSON, each with the times of its blocks of forward passes."""
    epochs: Mapped[int] = mapped_column(default=0)
    epochs_planned: Mapped[int | None]
    best_epoch: Mapped[int | None]
    needed_correct: Mapped[int | None]
    degraded: Mapped[int | None]
    improved: Mapped[int | None]
    plan_id: Mapped[int | None]
    removed_filters: Mapped[int | None]
    training: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    training_record: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    forecast: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    forecast_reason: Mapped[str | None] = mapped_column(Text)
    control: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    job_id: Mapped[int | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    starred: Mapped[bool] = mapped_column(default=False)
    laid_out: Mapped[bool] = mapped_column(default=False)

    experiment: Mapped[ExperimentRow] = relationship(viewonly=True)
    parent: Mapped["NodeRow | None"] = relationship(viewonly=True, remote_side=[id])


class EpochRow(Row):
    __tablename__ = "epochs"

    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    train_loss: Mapped[float | None]
    loss: Mapped[float]
    accuracy: Mapped[float]
    learning_rate: Mapped[float | None]
    seconds: Mapped[float]
    at: Mapped[datetime]


class PlanRow(VersionedRow, Row):
    __tablename__ = "plans"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    child_id: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]]
    """Rule, filters, units, cost and shares, as JSON with the fields of `Plan`."""
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    training: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class JobRow(VersionedRow, Row):
    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_queue", "state", "queue", "id"), AUTO_INCREMENT)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    queue: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    inputs: Mapped[dict[str, Any]]
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(Text, default="")
    eta_s: Mapped[float | None]
    attempt: Mapped[int] = mapped_column(default=0)
    """Increases every time the job is leased to a worker. Writes by the worker are accepted only while this number is
    unchanged.
    """
    attempts_without_progress: Mapped[int] = mapped_column(default=0)
    """Number of attempts since the last finished epoch."""
    worker: Mapped[str | None] = mapped_column(String(60))
    """Process id and start time of the worker that runs the job."""
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class EstimateRow(Row):
    __tablename__ = "estimates"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    """The estimate as it was made, as JSON with the fields of `Estimate`."""
    plan_id: Mapped[int | None]


class SuggestionRow(VersionedRow, Row):
    __tablename__ = "suggestions"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None]
    settings: Mapped[dict[str, Any]]
    """What was requested, as JSON with the fields of `NewSuggestion`."""
    state: Mapped[dict[str, Any]]
    """What the search has found so far, as JSON with the fields of `SearchState`."""
    plan_id: Mapped[int | None]
    apply_state: Mapped[str | None]
    """`waiting` if the best plan is to be applied once the search has ended, then `applied` or `failed`."""
    apply_error: Mapped[str | None]
    created_at: Mapped[datetime]


class AutopilotRow(VersionedRow, Row):
    __tablename__ = "autopilots"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    settings: Mapped[dict[str, Any]]
    """What the Autopilot was started with, such as percent, goal, order and training, as JSON with the fields of
    `Autopilot`.
    """
    state: Mapped[str] = mapped_column(String(20), default="running", index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    nodes: Mapped[list[Any]] = mapped_column(default=list)
    current_id: Mapped[int | None]
    good_id: Mapped[int]
    bad_id: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class LinkRow(Row):
    __tablename__ = "links"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(10))
    may_export: Mapped[bool]
    view: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token in hexadecimal."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class EventRow(Row):
    """The event log. Of all events with the same key, only the newest is kept. Each epoch has its own key."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_experiment", "experiment_id", "id"), AUTO_INCREMENT)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60), index=True)
    data: Mapped[str] = mapped_column(Text)


class StoreRow(Row):
    """A single row that identifies the model store of this database."""

    __tablename__ = "store"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    identity: Mapped[str] = mapped_column(String(32))
    claim: Mapped[str] = mapped_column(String(32))
    """The claim, a random value that is renewed at each server start and also written into the model store.

    It allows an older copy of the database to be recognized.
    """
    claimed_before: Mapped[str | None] = mapped_column(String(32))
    """The previous claim. It is still in the model store if the server was killed between writing the row and writing
    the file.
    """


class DeletedFilesRow(Row):
    """A record that files of a deleted node or experiment can be removed. The row is deleted after the files have been
    deleted.
    """

    __tablename__ = "deleted_files"
    __table_args__ = (AUTO_INCREMENT,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    experiment_id: Mapped[int]
    number: Mapped[int | None]
    """Number of the deleted node; null if the whole experiment was deleted."""
    workers: Mapped[list[Any]]
    """Names of workers that may still write the files."""
    deleted_at: Mapped[datetime]
