"""Deleted files are recorded with the rows, so that a kill between rows and files loses nothing and leaves nothing."""

from pathlib import Path

import pytest

from cnnpruner.domain.jobs import PruneJob
from cnnpruner.service.lifecycle import clean_up
from cnnpruner.store import Store
from tests.store.test_identity import content, open_pair
from tests.trees import SmallTree, make_small_tree
from tests.values import new_node

PRUNE = PruneJob(units=[])


@pytest.fixture
def small_tree(tmp_path: Path) -> SmallTree:
    """A ready root with two ready children."""
    tree = make_small_tree(open_pair(tmp_path))
    for _ in range(2):
        node, _ = tree.store.nodes.add(new_node(1, tree.root_id), PRUNE)
        tree.finish(node.id, 90)
    return tree


def reopen(small_tree: SmallTree) -> Store:
    """The store after the server was killed."""
    small_tree.store.close()
    return open_pair(small_tree.store.files.folder.parent)


def folders(store: Store) -> list[tuple[int, int]]:
    return store.files.node_folders()


def test_files_of_a_branch_left_by_a_killed_server_are_removed_at_the_next_start(small_tree: SmallTree) -> None:
    assert small_tree.store.branches.remove(1, 2) == [2]
    store = reopen(small_tree)
    assert folders(store) == [(1, 0), (1, 1), (1, 2)]
    clean_up(store)
    assert folders(store) == [(1, 0), (1, 2)]
    assert store.remove_deleted_files(lambda _: False) == [] and store.orphaned_folders == ()
    store.close()


def test_files_of_a_deleted_experiment_are_removed_with_its_pictures(small_tree: SmallTree) -> None:
    small_tree.store.files.pictures_path(1).write_bytes(b"x")
    small_tree.store.experiments.remove(1)
    store = reopen(small_tree)
    clean_up(store)
    assert not store.files.experiment_folder(1).exists()
    store.close()


def test_a_deletion_that_was_not_committed_is_not_recorded(small_tree: SmallTree) -> None:
    with pytest.raises(ZeroDivisionError), small_tree.store.transaction():
        small_tree.store.branches.remove(1, 2)
        raise ZeroDivisionError
    before = content(small_tree.store.files.folder)
    assert small_tree.store.remove_deleted_files(lambda _: False) == []
    assert content(small_tree.store.files.folder) == before


def test_unrecorded_folders_stay_and_are_reported(small_tree: SmallTree, caplog: pytest.LogCaptureFixture) -> None:
    store = small_tree.store
    for folder in (store.files.node_folder(1, 9), store.files.node_folder(4, 0), store.files.experiment_folder(5)):
        folder.mkdir(parents=True)
    (store.files.folder / "experiment-x").mkdir()
    before = sorted(store.files.folder.rglob("*"))
    clean_up(store)
    assert sorted(store.files.folder.rglob("*")) == before
    assert store.orphaned_folders == ("experiment-1/node-9", "experiment-4/node-0", "experiment-5")
    assert "3 folders" in caplog.text and "experiment-1/node-9" in caplog.text


def test_files_of_a_cancelled_node_are_removed_but_not_those_of_a_waiting_one(small_tree: SmallTree) -> None:
    store = small_tree.store
    node, job_id = store.nodes.add(new_node(1, 1), PRUNE)
    store.files.node_folder(1, node.number).mkdir()
    assert store.remove_deleted_files(lambda _: False) == []
    assert store.jobs.claim("training", "w") is not None
    assert store.remove_deleted_files(lambda _: False) == []
    store.jobs.cancel(job_id)
    assert store.remove_deleted_files(lambda _: False) == [f"experiment-1/node-{node.number}"]


def test_files_that_a_worker_writes_after_a_deletion_are_removed_when_its_job_ends(small_tree: SmallTree) -> None:
    store = small_tree.store
    node, job_id = store.nodes.add(new_node(1, 1), PRUNE)
    assert store.jobs.claim("training", "writer") is not None
    store.jobs.cancel(job_id)
    store.branches.remove(1, node.id)
    folder = store.files.node_folder(1, node.number)
    folder.mkdir()
    assert store.remove_deleted_files(lambda worker: worker == "writer") == [] and not folder.exists()
    folder.mkdir()  # an epoch later
    store.deletions.clean_up_worker_files("another")
    assert folder.exists()
    store.deletions.clean_up_worker_files("writer")
    assert not folder.exists()
    folder.mkdir()
    assert store.remove_deleted_files(lambda _: False) == [] and store.orphaned_folders == (
        f"experiment-1/node-{node.number}",
    )


def test_files_that_could_not_be_removed_are_removed_later(
    small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree.store.branches.remove(1, 2)
    with monkeypatch.context() as patch:
        patch.setattr("cnnpruner.store.files.shutil.rmtree", lambda *_, **__: None)
        assert small_tree.store.remove_deleted_files(lambda _: False) == []
    assert small_tree.store.remove_deleted_files(lambda _: False) == ["experiment-1/node-1"]
