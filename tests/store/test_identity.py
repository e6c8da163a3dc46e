"""Database and model store carry one identity, and a start with two that do not belong together changes nothing."""

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
    """A folder with `e.db` and `models`: a tree of a root and its child, whose server has ended."""
    small_tree = make_small_tree(opened(tmp_path))
    child(small_tree.store, small_tree)
    small_tree.store.close()
    return tmp_path


def child(store: Store, small_tree: SmallTree) -> int:
    node, _ = store.nodes.add(new_node(small_tree.experiment_id, small_tree.root_id), PruneJob(units=[]))
    small_tree.finish(node.id, 90)
    return node.id


def opened(folder: Path, database: str = "e.db", models: str = "models", new_store: bool = False) -> Store:
    return open_store(f"sqlite:///{folder / database}", folder / models, new_store=new_store)


def content(folder: Path) -> dict[str, bytes]:
    """All files in it but SQLite's own."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".db-wal", ".db-shm"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def identity_in(folder: Path, database: str = "e.db") -> str:
    connection = sqlite3.connect(folder / database)
    try:
        return str(connection.execute("SELECT identity FROM store").fetchone()[0])
    finally:
        connection.close()


def mark(folder: Path, models: str = "models") -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / models / "store.json").read_text())
    return found


def test_a_new_pair_gets_one_identity(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert len(identity_in(tmp_path)) == 32
    assert mark(tmp_path)["identity"] == identity_in(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    opened(other).close()
    assert identity_in(other) != identity_in(tmp_path)


@pytest.mark.parametrize("what", ["missing", "empty", "without tables"])
def test_a_missing_database_is_refused_and_nothing_is_touched(home: Path, what: str) -> None:
    for path in home.glob("e.db*"):
        path.unlink()
    if what == "empty":
        (home / "e.db").touch()
    if what == "without tables":
        with sqlite3.connect(home / "e.db") as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
    before = content(home)
    with pytest.raises(Conflict) as refusal:
        opened(home)
    assert content(home) == before
    sentence = refusal.value.message
    assert str(home / "models") in sentence and f"{home / 'e.db'}, which is missing or empty" in sentence
    assert "give the database back" in sentence and "MODELS=" in sentence and "--new-store" in sentence
    assert len(list((home / "models").glob("experiment-1/node-*/weights.safetensors"))) == 2


def test_another_database_is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir()
    opened(home / "elsewhere").close()
    shutil.copy(home / "elsewhere" / "e.db", home / "other.db")
    before = content(home)
    with pytest.raises(Conflict, match=r"belongs to the database \.\./e\.db, not to \.\./other\.db.*DB=\.\./e\.db"):
        opened(home, "other.db")
    (home / "e.db").rename(home / "former.db")
    (home / "other.db").rename(home / "e.db")
    with pytest.raises(Conflict, match=r"belongs to another database than the one that is .*e\.db now"):
        opened(home)
    (home / "e.db").rename(home / "other.db")
    (home / "former.db").rename(home / "e.db")
    assert content(home) == before


def test_a_folder_that_is_not_mounted_is_refused(home: Path) -> None:
    (home / "models").rename(home / "unmounted")
    with pytest.raises(
        Conflict, match=r"weights of 2 nodes, and the model store .* is not there.*give the folder back"
    ):
        opened(home)
    assert not (home / "models").exists()
    (home / "models").mkdir()  # the mount point of a disk
    with pytest.raises(Conflict, match=r"weights of 2 nodes, and the model store .* holds none of them"):
        opened(home)
    assert list((home / "models").iterdir()) == []


def test_a_database_without_weights_takes_an_empty_folder(tmp_path: Path) -> None:
    opened(tmp_path).close()
    shutil.rmtree(tmp_path / "models")
    opened(tmp_path).close()
    assert mark(tmp_path)["identity"] == identity_in(tmp_path)


def test_new_store_moves_the_old_content_aside_and_removes_nothing(home: Path) -> None:
    identity = mark(home)["identity"]
    (home / "models" / "networks.json").write_text("{}")
    before = content(home / "models")
    (home / "e.db").unlink()
    store = opened(home, new_store=True)
    assert store.experiments.list() == []
    store.close()
    (aside,) = home.glob("models.aside-*")
    kept = {"networks.json": before.pop("networks.json")}  # names that a person gave: no file of the store
    assert content(aside) == before
    assert content(home / "models").items() >= kept.items() and not (home / "models" / "experiment-1").exists()
    assert mark(home)["identity"] == identity_in(home) != identity


def test_new_store_on_another_disk_moves_into_a_subfolder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename = content(home / "models"), Path.rename

    def across_disks(self: Path, target: Path) -> Path:
        if home / "models" not in target.parents:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across_disks)
    (home / "e.db").unlink()
    opened(home, new_store=True).close()
    (aside,) = (home / "models").glob("models.aside-*")
    assert content(aside) == before and not list(home.glob("models.aside-*"))


def test_new_store_leaves_a_pair_alone(home: Path) -> None:
    opened(home, new_store=True).close()
    assert not list(home.glob("*aside*")) and (home / "models" / "experiment-1").is_dir()


def test_a_mark_that_cannot_be_read_is_named(home: Path) -> None:
    (home / "models" / "store.json").write_text("{")
    with pytest.raises(StorageFailed, match=r"store\.json cannot be read .*put it back from a backup"):
        opened(home)


def test_a_copied_database_reads_but_sweeps_nothing(home: Path) -> None:
    original = opened(home)
    original.close()
    shutil.copy(home / "e.db", home / "copy.db")
    before = content(home / "models")
    copy = opened(home, "copy.db")
    assert copy.standing == "copy" and not copy.owns_files()
    assert [node.number for node in copy.nodes.list(1)] == [0, 1]
    for attempt in (
        lambda: copy.nodes.add(new_node(1, 1), JOB),
        lambda: copy.branches.remove(1, 2),
        lambda: copy.experiments.remove(1),
    ):
        with pytest.raises(Conflict, match=r"is a copy.*none is made or deleted.*MODELS="):
            attempt()
    with copy.transaction() as session:
        session.execute(
            text("INSERT INTO deleted_files VALUES (1, 1, 1, '[]', '2026-01-01 00:00:00')")  # as if it had been written
        )
    clean_up(copy)
    assert copy.sweep(lambda _: False) == []
    assert content(home / "models") == before
    copy.close()
    original = opened(home)
    assert original.standing == "owner" and original.owns_files()
    original.close()


def test_a_renamed_database_and_a_moved_pair_go_on_without_a_word(home: Path) -> None:
    (home / "e.db").rename(home / "renamed.db")
    store = opened(home, "renamed.db")
    assert store.standing == "owner" and store.owns_files()
    store.close()
    home.rename(home.with_name("moved"))
    moved = opened(home.with_name("moved"), "renamed.db")
    assert moved.standing == "owner" and moved.owns_files()
    moved.close()


def test_a_copy_of_both_is_a_pair_of_its_own(home: Path) -> None:
    shutil.copy(home / "e.db", home / "copy.db")
    shutil.copytree(home / "models", home / "copied")
    copy = opened(home, "copy.db", "copied")
    assert copy.standing == "owner"
    copy.branches.remove(1, 2)
    assert copy.sweep(lambda _: False) == ["experiment-1/node-1"]
    copy.close()
    original = opened(home)
    assert original.standing == "owner" and original.files.weights(1, 1).exists()
    original.close()


def test_a_backup_that_was_put_back_sweeps_nothing_and_writes_over_nothing(home: Path) -> None:
    shutil.copy(home / "e.db", home / "backup.db")
    store = opened(home)
    store.branches.remove(1, 2)
    newer, _ = store.nodes.add(new_node(1, 1), JOB)
    store.files.node_folder(1, newer.number).mkdir()
    store.files.experiment_folder(7).mkdir()
    store.close()
    opened(home).close()
    shutil.copy(home / "backup.db", home / "e.db")
    with sqlite3.connect(home / "e.db") as connection:
        connection.execute("INSERT INTO deleted_files VALUES (1, 1, 1, '[]', '2026-01-01 00:00:00')")
    connection.close()

    back = opened(home)
    assert back.standing == "restored" and back.owns_files()
    before = content(home / "models")
    clean_up(back)
    assert content(home / "models") == before and back.files.weights(1, 1).exists()
    assert back.nodes.add(new_node(1, 1), JOB)[0].number == newer.number + 1
    check = back.jobs.add(EXPERIMENT_CHECK)
    assert back.experiments.add(back.experiments.get(1), check.id) == 8
    back.close()
    again = opened(home)
    assert again.standing == "owner"
    again.close()


def test_a_database_whose_folder_was_claimed_by_another_one_stops_making_nodes(home: Path) -> None:
    store = opened(home)
    (home / "apart").mkdir()
    shutil.copy(home / "e.db", home / "apart" / "e.db")
    path = home / "models" / "store.json"
    path.write_text(json.dumps(mark(home) | {"claim": "0" * 32}))  # as a server elsewhere does that sees this folder
    assert not store.owns_files()
    with pytest.raises(Conflict, match="is a copy"):
        store.nodes.add(new_node(1, 1), JOB)
    store.close()


def former_pair(folder: Path, database: str = "e.db") -> None:
    """A database of 0.1.0 with a ready node of 500 bytes, a failed and a cancelled one, and its model store."""
    engine = connect(f"sqlite:///{folder / database}")
    upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement))
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


def test_a_store_of_0_1_0_adopts_an_identity_and_keeps_what_it_cannot_explain(tmp_path: Path) -> None:
    former_pair(tmp_path)
    store = opened(tmp_path)
    assert mark(tmp_path)["identity"] == identity_in(tmp_path)
    assert not (tmp_path / "models" / "database.txt").exists()
    clean_up(store)
    # Failed and cancelled nodes are said to be so; of node 4 there is no word, which proves nothing.
    assert node_folders(tmp_path) == ["node-0", "node-3", "node-4"]
    assert store.unclaimed == ("experiment-1/node-4",)
    store.close()


def test_a_store_of_0_1_0_is_not_given_to_another_database(tmp_path: Path) -> None:
    former_pair(tmp_path)
    shutil.copy(tmp_path / "e.db", tmp_path / "other.db")
    before = content(tmp_path)
    with pytest.raises(Conflict, match=r"belongs to the database \.\./e\.db, not to \.\./other\.db"):
        opened(tmp_path, "other.db")
    assert content(tmp_path) == before
    (tmp_path / "e.db").unlink()
    with pytest.raises(Conflict, match=r"e\.db, which is missing or empty"):
        opened(tmp_path)
    opened(tmp_path, "other.db").close()  # it was renamed: the weights that it knows lie there
    assert len(node_folders(tmp_path)) == 5


def test_a_database_of_0_1_0_is_not_given_a_folder_without_its_weights(tmp_path: Path) -> None:
    former_pair(tmp_path)
    (tmp_path / "models").rename(tmp_path / "unmounted")
    with pytest.raises(Conflict, match="give the folder back"):
        opened(tmp_path)
    assert not (tmp_path / "models").exists()
    with sqlite3.connect(tmp_path / "e.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
    connection.close()
