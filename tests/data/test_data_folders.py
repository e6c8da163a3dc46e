"""Only paths inside the data folders are listed and can be read."""

from pathlib import Path

import pytest

from cnnpruner.data.data_folders import find_data_set, list_data, resolve
from cnnpruner.errors import InvalidInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    (root / "sets" / "cifar-10-batches-py").mkdir(parents=True)
    for name in ("cat", "dog"):
        (root / "pets" / "train" / name).mkdir(parents=True)
        (root / "pets" / "train" / name / "1.JPG").touch()
    (root / "weights.th").write_bytes(b"12345")
    (root / ".hidden.pt").touch()
    (tmp_path / "secret.pt").touch()
    return root


def test_sets_image_folders_and_checkpoints_are_found(folder: Path) -> None:
    entries = {(entry.path, entry.kind, entry.size_bytes, entry.classes) for entry in list_data([folder])}
    assert entries == {
        ("", "digits", None, 10),
        ("weights.th", "checkpoint", 5, None),
        ("sets/cifar-10-batches-py", "cifar10", None, 10),
        ("pets", "folder", None, 2),
    }


def test_find_data_returns_the_first_set_of_a_kind(folder: Path) -> None:
    assert find_data_set("cifar10", [folder]) == folder / "sets" / "cifar-10-batches-py"
    assert find_data_set("mnist", [folder]) is None
    assert find_data_set("digits", [folder]) is None


def test_listed_paths_resolve(folder: Path) -> None:
    assert resolve("weights.th", [folder.parent / "none", folder]) == folder / "weights.th"


@pytest.mark.parametrize(
    "path", ["../secret.pt", "sets/../../secret.pt", "/etc/passwd", "nothing.pt", "a\0b", "x" * 999, "circle"]
)
def test_paths_outside_the_data_folders_are_refused(folder: Path, path: str) -> None:
    (folder / "circle").symlink_to("circle")
    with pytest.raises(InvalidInput):
        resolve(path, [folder])


def test_links_out_of_the_data_folders_are_neither_listed_nor_followed(folder: Path) -> None:
    (folder / "link.pt").symlink_to(folder.parent / "secret.pt")
    (folder / "out").symlink_to(folder.parent)
    assert not any("link" in entry.path or "out" in entry.path for entry in list_data([folder]))
    with pytest.raises(InvalidInput, match="leads out of the data folder through a symbolic link"):
        resolve("link.pt", [folder])
    with pytest.raises(InvalidInput, match="leads out of the data folder through a symbolic link"):
        resolve("out/secret.pt", [folder])
