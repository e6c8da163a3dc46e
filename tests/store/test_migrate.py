"""Migrations of the database."""

import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from cnnpruner.errors import StorageFailed
from cnnpruner.store.migrate import read_version, upgrade
from cnnpruner.store.rows import Row
from cnnpruner.store.sessions import connect

OLD_ROWS = (
    "INSERT INTO experiments (id, name, created_at, fixed, tolerance, training, next_number) "
    "VALUES (1, 'old', '2026-01-01', '{}', 0.005, '{}', 1)",
    "INSERT INTO nodes (id, experiment_id, number, state, origin, created_at, images, latency, epochs, note, starred, "
    "test_accuracy, test_measured_at) "
    """VALUES (1, 1, 0, 'ready', 'trained', '2026-01-01', 4, '[{"batch": 1}]', 1, '', 0, 0.5, '2026-01-02')""",
    "INSERT INTO epochs (node_id, epoch, loss, accuracy, seconds, at) VALUES (1, 0, 1, 0.5, 1, '2026-01-01')",
    "INSERT INTO plans (id, node_id, name, state, revision, created_at, updated_at, note, content, preview) "
    "VALUES (1, 1, 'A', 'draft', 1, '2026-01-01', '2026-01-01', '', '{}', json_object('seconds', 1.5))",
    "INSERT INTO plans (id, node_id, name, state, revision, created_at, updated_at, note, content, preview) "
    "VALUES (2, 1, 'B', 'draft', 1, '2026-01-01', '2026-01-01', '', '{}', 'null')",
    "INSERT INTO jobs (id, kind, lane, state, experiment_id, node_id, inputs, progress, message, attempt, fruitless, "
    "created_at) VALUES (1, 'root', 'training', 'done', 1, 1, '{}', 1, '', 1, 0, '2026-01-01')",
    "INSERT INTO events (id, experiment_id, kind, key, data) VALUES "
    """(1, 1, 'node', 'node:1', '{"kind":"node","node":{"id":1}}'), """
    """(2, 1, 'job', 'job:1', '{"kind":"job","job":{"id":1,"kind":"inspect","lane":"interactive","error":null}}')""",
    "INSERT INTO parts (id, node_id, name, data) VALUES (1, 1, 'layers', x'00'), (2, 1, 'embedding', x'00')",
)
"""Rows in the tables of version 0001."""


def test_migrations_create_the_tables_declared_in_rows(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
    engine.dispose()


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert read_version(engine) is None
    upgrade(engine)
    version = read_version(engine)
    upgrade(engine)
    assert version is not None and read_version(engine) == version
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match=r"9999.*Install a newer CNNPruner"):
        upgrade(engine)
    assert read_version(engine) == "9999"
    engine.dispose()


def test_all_rows_of_version_0001_are_migrated(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
    upgrade(engine)
    with engine.connect() as connection:
        counts = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("nodes", "epochs", "plans", "jobs", "blobs", "autopilots", "estimates")
        }
        previews = connection.execute(text("SELECT preview FROM plans ORDER BY id")).scalars().all()
        assert connection.execute(text("SELECT control FROM nodes")).scalar() is None
        latency = connection.execute(text("SELECT latency FROM nodes")).scalar()
        assert connection.execute(text("SELECT laid_out FROM nodes")).scalar() == 1
        events = [
            json.loads(data) for data in connection.execute(text("SELECT data FROM events ORDER BY id")).scalars()
        ]
        test_measurements = connection.execute(text("SELECT tests, tested_at FROM experiments")).one()
    assert json.loads(latency or "") == [{"runtime": "eager", "batch": 1}]
    assert events[0]["node"]["id"] == 1 and events[0]["node"]["training_record"] is None
    assert (events[1]["job"]["kind"], events[1]["job"]["queue"]) == ("experiment_check", "interactive")
    assert tuple(test_measurements) == (1, "2026-01-02")
    assert counts == {"nodes": 1, "epochs": 1, "plans": 2, "jobs": 1, "blobs": 2, "autopilots": 0, "estimates": 0}
    new_fields = {"reconstructed": None, "reconstruction": None}
    assert json.loads(previews[0]) == {"seconds": 1.5, "broken_limits": []} | new_fields
    assert previews[1] in (None, "null")
    engine.dispose()
