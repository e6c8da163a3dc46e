"""Migrations."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from cnnpruner.errors import StorageFailed
from cnnpruner.store.migrate import current, upgrade
from cnnpruner.store.rows import Row
from cnnpruner.store.sessions import connect


def test_migrations_make_the_tables_that_rows_describe(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
    engine.dispose()


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert current(engine) is None
    upgrade(engine)
    version = current(engine)
    upgrade(engine)
    assert version is not None and current(engine) == version
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match=r"9999.*install a newer CNNPruner"):
        upgrade(engine)
    assert current(engine) == "9999"
    engine.dispose()
