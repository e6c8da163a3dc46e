"""An open database that is moved, replaced or loses its write-ahead log is no longer written."""

import sqlite3
from pathlib import Path

import pytest

from cnnpruner.errors import StoreMissing
from cnnpruner.store import Store, open_store
from tests.values import EXPERIMENT_CHECK

JOB = EXPERIMENT_CHECK


def path_of(store: Store) -> Path:
    return store.files.folder.parent / "experiments.db"


def test_writes_stop_while_the_file_is_missing_and_continue_when_it_is_back(store: Store) -> None:
    store.jobs.add(JOB)
    path = path_of(store)
    files = [path, *(path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))]
    for file in files:
        file.rename(file.with_suffix(".moved" + file.suffix))
    with pytest.raises(StoreMissing, match=r"experiments\.db is missing.*Move it back.*bundles"):
        store.jobs.add(JOB)
    assert len(store.jobs.list()) == 1, "an open connection can still read"
    assert not path.exists()
    for file in files:
        file.with_suffix(".moved" + file.suffix).rename(file)
    assert store.find_problem() is None
    store.jobs.add(JOB)
    assert len(store.jobs.list()) == 2


def test_a_new_connection_does_not_create_an_empty_database(store: Store) -> None:
    path = path_of(store)
    store.close()
    path.rename(path.with_name("moved"))
    with pytest.raises(StoreMissing):
        store.jobs.list()
    assert not path.exists()
    other = open_store(f"sqlite:///{path}", store.files.folder, migrate=False)  # as a worker does
    with pytest.raises(StoreMissing):
        other.jobs.list()
    assert not path.exists() and other.find_problem() is not None


def test_another_file_in_its_place_is_not_written(store: Store) -> None:
    path = path_of(store)
    path.rename(path.with_name("former"))
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreMissing, match="was replaced by another file"):
        store.jobs.add(JOB)
    store.close()
    with pytest.raises(StoreMissing, match="was replaced by another file"):
        store.jobs.list()
    worker = open_store(f"sqlite:///{path}", store.files.folder, migrate=False)
    worker.restrict_to_database_file(store.database_file_id or "")
    with pytest.raises(StoreMissing, match="was replaced by another file"):
        worker.jobs.list()
    assert path.read_bytes() == before


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_deleting_the_log_stops_writes_and_its_content_is_saved_on_close(store: Store, suffix: str) -> None:
    store.jobs.add(JOB)
    path = path_of(store)
    path.with_name(path.name + suffix).unlink()
    with pytest.raises(StoreMissing, match=rf"experiments\.db{suffix} was deleted.*start it again"):
        store.jobs.add(JOB)
    store.close()
    reopened = open_store(f"sqlite:///{path}", store.files.folder)
    assert len(reopened.jobs.list()) == 1
    reopened.jobs.add(JOB)
    reopened.close()


def test_a_write_whose_file_disappears_before_the_commit_is_not_acknowledged(store: Store) -> None:
    path = path_of(store)
    with pytest.raises(StoreMissing), store.transaction():
        store.jobs.add(JOB)
        path.rename(path.with_name("moved"))


def test_a_missing_model_store_is_reported(store: Store) -> None:
    folder = store.files.folder
    assert store.find_problem() is None
    folder.rename(folder.with_name("unmounted"))
    with pytest.raises(StoreMissing, match=r"model store .* is missing"):
        store.require_writable()
    folder.with_name("unmounted").rename(folder)
    assert store.find_problem() is None
