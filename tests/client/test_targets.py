"""Downloads go into the folder or file that was meant."""

from pathlib import Path

import pytest

from cnnpruner.client.targets import resolve_target
from cnnpruner.errors import StorageFailed


def test_a_separator_at_the_end_makes_the_folder(tmp_path: Path) -> None:
    assert resolve_target(f"{tmp_path}/one/two/", "node.zip") == tmp_path / "one" / "two" / "node.zip"
    assert (tmp_path / "one" / "two").is_dir()
    assert resolve_target(tmp_path / "one", "node.zip") == tmp_path / "one" / "node.zip"


def test_any_other_path_is_the_file_and_none_is_here(tmp_path: Path) -> None:
    assert resolve_target(str(tmp_path / "exp"), "node.zip") == tmp_path / "exp"
    assert not (tmp_path / "exp").exists()
    assert resolve_target(None, "node.zip") == Path("node.zip")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "exp").write_text("a file")
    with pytest.raises(StorageFailed, match=r"exp could not be made .*; choose another place"):
        resolve_target(f"{tmp_path}/exp/", "node.zip")
