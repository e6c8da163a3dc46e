"""Downloads are saved to the intended folder or file."""

from pathlib import Path

import pytest

from cnnpruner.client.targets import resolve_output_path
from cnnpruner.errors import StorageFailed


def test_a_path_with_a_trailing_separator_is_created_as_a_folder(tmp_path: Path) -> None:
    assert resolve_output_path(f"{tmp_path}/one/two/", "node.zip") == tmp_path / "one" / "two" / "node.zip"
    assert (tmp_path / "one" / "two").is_dir()
    assert resolve_output_path(tmp_path / "one", "node.zip") == tmp_path / "one" / "node.zip"


def test_any_other_path_is_a_file_and_none_is_the_current_folder(tmp_path: Path) -> None:
    assert resolve_output_path(str(tmp_path / "exp"), "node.zip") == tmp_path / "exp"
    assert not (tmp_path / "exp").exists()
    assert resolve_output_path(None, "node.zip") == Path("node.zip")


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "exp").write_text("a file")
    with pytest.raises(StorageFailed, match=r"exp could not be created .*; choose another location"):
        resolve_output_path(f"{tmp_path}/exp/", "node.zip")
