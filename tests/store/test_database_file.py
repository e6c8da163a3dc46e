"""A database that is moved, replaced or cut off from its log while it is open is written no more."""

import sqlite3
from pathlib import Path

import pytest

from cnnpruner.errors import StoreMissing
from cnnpruner.store import Store, open_store
from tests.values import EXPERIMENT_CHECK

JOB = EXPERIMENT_CHECK


def path_of(store: Store) -> Path:
    return store.files.folder.parent / "experiments.db"


def test_writes_stop_while_the_file_is_gone_and_go_on_when_it_is_back(store: Store) -> None:
    store.jobs.add(JOB)
    path = path_of(store)
    files = [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))]
    for file in files:
        file.rename(file.with_suffix(".moved" + file.suffix))
    with pytest.raises(StoreMissing, match=r"experiments\.db is missing.*Move it back.*bundles"):
        store.jobs.add(JOB)
    assert len(store.jobs.list()) == 1, "what is open can still be read"
    assert not path.exists()
    for file in files:
        file.with_suffix(".moved" + file.suffix).rename(file)
    assert store.fault() is None
    store.jobs.add(JOB)
    assert len(store.jobs.list()) == 2


def test_a_new_connection_makes_no_empty_database(store: Store) -> None:
    path = path_of(store)
    store.close()
    path.rename(path.with_name("moved"))
    with pytest.raises(StoreMissing):
        store.jobs.list()
    assert not path.exists()
    other = open_store(f"sqlite:///{path}", store.files.folder, migrate=False)  # as a worker does
    with pytest.raises(StoreMissing):
        other.jobs.list()
    assert not path.exists() and other.fault() is not None


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
    worker.expect_file(store.database_file or "")
    with pytest.raises(StoreMissing, match="was replaced by another file"):
        worker.jobs.list()
    assert path.read_bytes() == before


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_a_log_that_is_removed_stops_writes_and_is_saved_at_the_end(store: Store, end: str) -> None:
    store.jobs.add(JOB)
    path = path_of(store)
    path.with_name(path.name + end).unlink()
    with pytest.raises(StoreMissing, match=rf"experiments\.db{end} was deleted.*start it again"):
        store.jobs.add(JOB)
    store.close()
    again = open_store(f"sqlite:///{path}", store.files.folder)
    assert len(again.jobs.list()) == 1
    again.jobs.add(JOB)
    again.close()


def test_a_write_that_loses_its_file_before_the_end_is_not_acknowledged(store: Store) -> None:
    path = path_of(store)
    with pytest.raises(StoreMissing), store.transaction():
        store.jobs.add(JOB)
        path.rename(path.with_name("moved"))


def test_a_model_store_that_is_gone_is_a_fault(store: Store) -> None:
    folder = store.files.folder
    assert store.fault() is None
    folder.rename(folder.with_name("unmounted"))
    with pytest.raises(StoreMissing, match=r"model store .* is missing"):
        store.require_writable()
    folder.with_name("unmounted").rename(folder)
    assert store.fault() is None
