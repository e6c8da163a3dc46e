"""Files that are not complete exports are refused with a sentence, and no code in them runs."""

import json
import os
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import cnnpruner
from cnnpruner.errors import CNNPrunerError
from tests.formats.exports.networks import export, exported_network


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked export; the archive is next to it."""
    folder = tmp_path_factory.mktemp("complete") / "node"
    export(exported_network("resnet20", 16), "safetensors", folder)
    return folder


def refusal(path: Path) -> str:
    """Return the error message, which must be a sentence of readable length."""
    with pytest.raises(CNNPrunerError) as error:
        cnnpruner.load(path)
    assert error.value.message.endswith(".") and len(error.value.message) < 500
    return error.value.message


def test_a_truncated_archive_is_refused(complete: Path, tmp_path: Path) -> None:
    data = complete.with_suffix(".zip").read_bytes()
    for share in (0.1, 0.5, 0.99):
        (tmp_path / "short.zip").write_bytes(data[: int(len(data) * share)])
        message = refusal(tmp_path / "short.zip")
        assert re.search(r"short\.zip is not a complete CNNPruner export.*truncated.*download it again", message)


def test_a_flipped_bit_is_found_in_archive_and_folder(complete: Path, tmp_path: Path) -> None:
    data = bytearray(complete.with_suffix(".zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "flipped.zip").write_bytes(data)
    assert "damaged" in refusal(tmp_path / "flipped.zip")
    shutil.copytree(complete, tmp_path / "node")
    weights = bytearray((tmp_path / "node" / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (tmp_path / "node" / "weights.safetensors").write_bytes(weights)
    assert "damaged or changed after the export" in refusal(tmp_path / "node")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.zip", None, "does not exist"),
        ("empty.zip", b"", "not a complete CNNPruner export"),
        ("image.jpg", b"\xff\xd8\xff\xe0", "not a complete CNNPruner export"),
    ],
)
def test_other_files_are_refused(name: str, content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert words in refusal(tmp_path / name)


class Bomb:
    """Creates a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_bomb_does_not_run(complete: Path, tmp_path: Path) -> None:
    bomb = Bomb(tmp_path / "owned")
    torch.save({"state_dict": bomb}, tmp_path / "a.pt")
    (tmp_path / "b.zip").write_bytes(pickle.dumps(bomb))
    shutil.copytree(complete, tmp_path / "c")
    (tmp_path / "c" / "weights.safetensors").write_bytes(pickle.dumps(bomb))
    for name in ("a.pt", "b.zip", "c"):
        assert "export" in refusal(tmp_path / name)
    assert not (tmp_path / "owned").exists()


def test_an_archive_of_another_runtime_says_so(complete: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "onnx.zip", "w") as archive:
        archive.write(complete / "network.json", "network.json")
    message = refusal(tmp_path / "onnx.zip")
    assert "does not contain weights.safetensors; it was exported for another runtime" in message


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda record: record.update(record=2), "cannot be read by this version"),
        (lambda record: record.pop("classes"), "classes"),
        (lambda record: record["network"].update(name="resnet56"), "missing"),
        (lambda record: record["network"].update(name="no_such"), "no network 'no_such'"),
        (lambda record: record["classes"].pop(), "but .* in the unpruned network|does not fit"),
        (
            lambda record: record["layers"][0].update(shape=[1, 3, 3, 3]),
            "do not have the shape that network.json states",
        ),
        (lambda record: record.update(factory="os:getcwd"), "trust_factory=True"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(change: Change, words: str, complete: Path, tmp_path: Path) -> None:
    shutil.copytree(complete, tmp_path / "node")
    path = tmp_path / "node" / "network.json"
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    assert re.search(words, refusal(tmp_path / "node"))


def test_an_archive_that_unpacks_to_gigabytes_is_refused(complete: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(complete / "network.json", "network.json")
        archive.writestr("weights.safetensors", bytes(2**25))
    assert "would unpack to" in refusal(tmp_path / "bomb.zip")
