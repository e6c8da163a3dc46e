"""Database and model store share an identity, and a start with two that do not belong together changes nothing."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from cnnpruner.domain.jobs import PruneJob
from cnnpruner.errors import Conflict, StorageFailed
from cnnpruner.service.lifecycle import clean_up
from cnnpruner.store import Store, open_store
from cnnpruner.store.migrate import upgrade
from cnnpruner.store.sessions import connect
from tests.store.test_migrate import OLD_ROWS
from tests.store.test_nodes import JOB
from tests.trees import SmallTree, make_small_tree
from tests.values import EXPERIMENT_CHECK, new_node


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with `e.db` and `models` that hold a root and its child; no server is running."""
    small_tree = make_small_tree(open_pair(tmp_path))
    add_child(small_tree.store, small_tree)
    small_tree.store.close()
    return tmp_path


def add_child(store: Store, small_tree: SmallTree) -> int:
    node, _ = store.nodes.add(new_node(small_tree.experiment_id, small_tree.root_id), PruneJob(units=[]))
    small_tree.finish(node.id, 90)
    return node.id


def open_pair(folder: Path, database: str = "e.db", models: str = "models", start_new_store: bool = False) -> Store:
    return open_store(f"sqlite:///{folder / database}", folder / models, start_new_store=start_new_store)


def content(folder: Path) -> dict[str, bytes]:
    """The content of all files in the folder, except SQLite's temporary ones."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".db-wal", ".db-shm"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def identity_in(folder: Path, database: str = "e.db") -> str:
    connection = sqlite3.connect(folder / database)
    try:
        return str(connection.execute("SELECT identity FROM store").fetchone()[0])
    finally:
        connection.close()


def manifest(folder: Path, models: str = "models") -> dict[str, str]:
    content: dict[str, str] = json.loads((folder / models / "store.json").read_text())
    return content


def test_a_new_pair_gets_one_identity(tmp_path: Path) -> None:
    open_pair(tmp_path).close()
    assert len(identity_in(tmp_path)) == 32
    assert manifest(tmp_path)["identity"] == identity_in(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    open_pair(other).close()
    assert identity_in(other) != identity_in(tmp_path)


@pytest.mark.parametrize("state", ["missing", "empty", "without tables"])
def test_a_missing_database_is_refused_and_nothing_changes(home: Path, state: str) -> None:
    for path in home.glob("e.db*"):
        path.unlink()
    if state == "empty":
        (home / "e.db").touch()
    if state == "without tables":
        with sqlite3.connect(home / "e.db") as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
    before = content(home)
    with pytest.raises(Conflict) as refusal:
        open_pair(home)
    assert content(home) == before
    sentence = refusal.value.message
    assert str(home / "models") in sentence and f"{home / 'e.db'}, which is missing or empty" in sentence
    assert "restore the database" in sentence and "MODELS=" in sentence and "--new-store" in sentence
    assert len(list((home / "models").glob("experiment-1/node-*/weights.safetensors"))) == 2


def test_another_database_is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir()
    open_pair(home / "elsewhere").close()
    shutil.copy(home / "elsewhere" / "e.db", home / "other.db")
    before = content(home)
    with pytest.raises(Conflict, match=r"belongs to the database \.\./e\.db, not to \.\./other\.db.*DB=\.\./e\.db"):
        open_pair(home, "other.db")
    (home / "e.db").rename(home / "former.db")
    (home / "other.db").rename(home / "e.db")
    with pytest.raises(Conflict, match=r"belongs to another database, not to .*e\.db"):
        open_pair(home)
    (home / "e.db").rename(home / "other.db")
    (home / "former.db").rename(home / "e.db")
    assert content(home) == before


def test_a_model_store_that_is_not_mounted_is_refused(home: Path) -> None:
    (home / "models").rename(home / "unmounted")
    with pytest.raises(Conflict, match=r"weights of 2 nodes, but the model store .* is missing.*restore the folder"):
        open_pair(home)
    assert not (home / "models").exists()
    (home / "models").mkdir()  # the mount point of a disk
    with pytest.raises(Conflict, match=r"weights of 2 nodes, but the model store .* has none of them"):
        open_pair(home)
    assert list((home / "models").iterdir()) == []


def test_a_database_without_weights_accepts_an_empty_folder(tmp_path: Path) -> None:
    open_pair(tmp_path).close()
    shutil.rmtree(tmp_path / "models")
    open_pair(tmp_path).close()
    assert manifest(tmp_path)["identity"] == identity_in(tmp_path)


def test_new_store_moves_the_old_content_aside_and_deletes_nothing(home: Path) -> None:
    identity = manifest(home)["identity"]
    (home / "models" / "networks.json").write_text("{}")
    before = content(home / "models")
    (home / "e.db").unlink()
    store = open_pair(home, start_new_store=True)
    assert store.experiments.list() == []
    store.close()
    (aside,) = home.glob("models.aside-*")
    remaining = {"networks.json": before.pop("networks.json")}  # registered by the user, not a file of the store
    assert content(aside) == before
    assert content(home / "models").items() >= remaining.items() and not (home / "models" / "experiment-1").exists()
    assert manifest(home)["identity"] == identity_in(home) != identity


def test_new_store_on_another_disk_moves_into_a_subfolder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename = content(home / "models"), Path.rename

    def across_disks(self: Path, target: Path) -> Path:
        if home / "models" not in target.parents:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across_disks)
    (home / "e.db").unlink()
    open_pair(home, start_new_store=True).close()
    (aside,) = (home / "models").glob("models.aside-*")
    assert content(aside) == before and not list(home.glob("models.aside-*"))


def test_new_store_does_not_change_a_matching_pair(home: Path) -> None:
    open_pair(home, start_new_store=True).close()
    assert not list(home.glob("*aside*")) and (home / "models" / "experiment-1").is_dir()


def test_an_unreadable_manifest_is_reported(home: Path) -> None:
    (home / "models" / "store.json").write_text("{")
    with pytest.raises(StorageFailed, match=r"store\.json cannot be read .*restore the file from a backup"):
        open_pair(home)


def test_a_copied_database_can_be_read_but_removes_no_files(home: Path) -> None:
    original = open_pair(home)
    original.close()
    shutil.copy(home / "e.db", home / "copy.db")
    before = content(home / "models")
    copy = open_pair(home, "copy.db")
    assert copy.ownership == "copy" and not copy.owns_files()
    assert [node.number for node in copy.nodes.list(1)] == [0, 1]
    for attempt in (
        lambda: copy.nodes.add(new_node(1, 1), JOB),
        lambda: copy.branches.remove(1, 2),
        lambda: copy.experiments.remove(1),
    ):
        with pytest.raises(Conflict, match=r"is a copy.*not created or deleted.*MODELS="):
            attempt()
    with copy.transaction() as session:
        session.execute(
            text(
                "INSERT INTO deleted_files VALUES (1, 1, 1, '[]', '2026-01-01 00:00:00')"
            )  # as if the copy had recorded it
        )
    clean_up(copy)
    assert copy.remove_deleted_files(lambda _: False) == []
    assert content(home / "models") == before
    copy.close()
    original = open_pair(home)
    assert original.ownership == "owner" and original.owns_files()
    original.close()


def test_a_renamed_database_and_a_moved_pair_still_belong_together(home: Path) -> None:
    (home / "e.db").rename(home / "renamed.db")
    store = open_pair(home, "renamed.db")
    assert store.ownership == "owner" and store.owns_files()
    store.close()
    home.rename(home.with_name("moved"))
    moved = open_pair(home.with_name("moved"), "renamed.db")
    assert moved.ownership == "owner" and moved.owns_files()
    moved.close()


def test_a_copied_database_with_a_copied_model_store_is_independent(home: Path) -> None:
    shutil.copy(home / "e.db", home / "copy.db")
    shutil.copytree(home / "models", home / "copied")
    copy = open_pair(home, "copy.db", "copied")
    assert copy.ownership == "owner"
    copy.branches.remove(1, 2)
    assert copy.remove_deleted_files(lambda _: False) == ["experiment-1/node-1"]
    copy.close()
    original = open_pair(home)
    assert original.ownership == "owner" and original.files.weights_path(1, 1).exists()
    original.close()


def test_a_restored_backup_removes_and_overwrites_no_files(home: Path) -> None:
    shutil.copy(home / "e.db", home / "backup.db")
    store = open_pair(home)
    store.branches.remove(1, 2)
    newer, _ = store.nodes.add(new_node(1, 1), JOB)
    store.files.node_folder(1, newer.number).mkdir()
    store.files.experiment_folder(7).mkdir()
    store.close()
    open_pair(home).close()
    shutil.copy(home / "backup.db", home / "e.db")
    with sqlite3.connect(home / "e.db") as connection:
        connection.execute("INSERT INTO deleted_files VALUES (1, 1, 1, '[]', '2026-01-01 00:00:00')")
    connection.close()

    restored = open_pair(home)
    assert restored.ownership == "restored" and restored.owns_files()
    before = content(home / "models")
    clean_up(restored)
    assert content(home / "models") == before and restored.files.weights_path(1, 1).exists()
    assert restored.nodes.add(new_node(1, 1), JOB)[0].number == newer.number + 1
    check = restored.jobs.add(EXPERIMENT_CHECK)
    assert restored.experiments.add(restored.experiments.get(1), check.id) == 8
    restored.close()
    reopened = open_pair(home)
    assert reopened.ownership == "owner"
    reopened.close()


def test_a_database_whose_model_store_was_claimed_by_another_one_cannot_add_nodes(home: Path) -> None:
    store = open_pair(home)
    (home / "apart").mkdir()
    shutil.copy(home / "e.db", home / "apart" / "e.db")
    path = home / "models" / "store.json"
    path.write_text(
        json.dumps(manifest(home) | {"claim": "0" * 32})
    )  # as a server on another machine with this folder does
    assert not store.owns_files()
    with pytest.raises(Conflict, match="is a copy"):
        store.nodes.add(new_node(1, 1), JOB)
    store.close()


def former_pair(folder: Path, database: str = "e.db") -> None:
    """Write a database of 0.1.0 with a ready, a failed, a cancelled and a running node, and its model store."""
    engine = connect(f"sqlite:///{folder / database}")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
    upgrade(engine, "0006")
    with engine.begin() as connection:
        connection.execute(text("UPDATE nodes SET size_bytes = 500"))
        columns = "experiment_id, number, state, origin, created_at, images, latency, epochs, note, starred"
        for number, state in ((1, "failed"), (2, "cancelled"), (3, "running")):
            values = f"1, {number}, '{state}', 'plan', '2026-01-01', 4, '[]', 0, '', 0"
            connection.execute(text(f"INSERT INTO nodes ({columns}) VALUES ({values})"))
    engine.dispose()
    for number in range(5):
        node = folder / "models" / "experiment-1" / f"node-{number}"
        node.mkdir(parents=True)
        (node / "weights.safetensors").write_bytes(b"x" * 500)
    (folder / "models" / "database.txt").write_text(f"../{database}\n")


def node_folders(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "models" / "experiment-1").iterdir())


def test_a_store_of_0_1_0_gets_an_identity_and_keeps_unknown_folders(tmp_path: Path) -> None:
    former_pair(tmp_path)
    store = open_pair(tmp_path)
    assert manifest(tmp_path)["identity"] == identity_in(tmp_path)
    assert not (tmp_path / "models" / "database.txt").exists()
    clean_up(store)
    # Files of failed and cancelled nodes are removed; node 4 is unknown to the database, so its files stay.
    assert node_folders(tmp_path) == ["node-0", "node-3", "node-4"]
    assert store.orphaned_folders == ("experiment-1/node-4",)
    store.close()


def test_another_database_is_refused_with_a_store_of_0_1_0(tmp_path: Path) -> None:
    former_pair(tmp_path)
    shutil.copy(tmp_path / "e.db", tmp_path / "other.db")
    before = content(tmp_path)
    with pytest.raises(Conflict, match=r"belongs to the database \.\./e\.db, not to \.\./other\.db"):
        open_pair(tmp_path, "other.db")
    assert content(tmp_path) == before
    (tmp_path / "e.db").unlink()
    with pytest.raises(Conflict, match=r"e\.db, which is missing or empty"):
        open_pair(tmp_path)
    open_pair(tmp_path, "other.db").close()  # a renamed database is accepted, since its weights are there
    assert len(node_folders(tmp_path)) == 5


def test_a_database_of_0_1_0_is_refused_without_its_weights(tmp_path: Path) -> None:
    former_pair(tmp_path)
    (tmp_path / "models").rename(tmp_path / "unmounted")
    with pytest.raises(Conflict, match="restore the folder"):
        open_pair(tmp_path)
    assert not (tmp_path / "models").exists()
    with sqlite3.connect(tmp_path / "e.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
    connection.close()
