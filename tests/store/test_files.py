"""The model store belongs to one database."""

from pathlib import Path

import pytest

from cnnpruner.errors import Conflict, StorageFailed
from cnnpruner.store import open_store


def test_another_database_may_not_use_the_model_store(tmp_path: Path) -> None:
    models = tmp_path / "models"
    open_store(f"sqlite:///{tmp_path / 'first.db'}", models).close()
    with pytest.raises(Conflict, match=r"belongs to the database \.\./first\.db, not to .*other\.db, .*MODELS="):
        open_store(f"sqlite:///{tmp_path / 'other.db'}", models)
    open_store(f"sqlite:///{tmp_path / 'first.db'}", models).close()


def test_database_and_model_store_may_be_moved_together(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    open_store(f"sqlite:///{tmp_path / 'old' / 'a.db'}", tmp_path / "old" / "models").close()
    (tmp_path / "old").rename(tmp_path / "new")
    moved = open_store(f"sqlite:///{tmp_path / 'new' / 'a.db'}", tmp_path / "new" / "models")
    assert moved.experiments.list() == []
    moved.close()


def test_a_model_store_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")
    with pytest.raises(StorageFailed, match=r"model store .* cannot be used"):
        open_store(f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "models")


def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database, but long enough to be read as one" * 50)
    with pytest.raises(StorageFailed, match=r"a\.db cannot be opened \(file is not a database\)"):
        open_store(f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "models")
