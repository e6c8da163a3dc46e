"""Checkpoints are read without running code, and a file that is none is called what it is, with the cure."""

import argparse
import collections
import datetime
import gzip
import io
import os
import pathlib
import pickle
import tarfile
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cnnpruner.engine.checkpoints.checkpoint import read_checkpoint
from cnnpruner.errors import UnreadableWeights
from tests.engine.checkpoints.small_network import Net, has_weights, load, state

GOOD = state(0)


class Attack:
    """An object that creates a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


class Config:
    """A class of the person's own."""


@pytest.mark.parametrize("save", ["torch", "old torch", "pickle"])
def test_pickle_with_code_is_refused_and_not_run(tmp_path: Path, save: str) -> None:
    content = {"state_dict": {"weight": torch.zeros(1)}, "extra": Attack(tmp_path / "attacked")}
    if save == "pickle":
        (tmp_path / "x.pt").write_bytes(pickle.dumps(content))
    else:
        torch.save(content, tmp_path / "x.pt", _use_new_zipfile_serialization=save == "torch")
    with pytest.raises(
        UnreadableWeights, match=r"x\.pt.*[Cc]ould run code, so the file is refused|x\.pt.*could run code"
    ):
        read_checkpoint(tmp_path / "x.pt")
    assert not (tmp_path / "attacked").exists()


BESIDE: list[Any] = [
    # 0.1.0 refused all of these: "holds Python objects, not only tensors"
    argparse.Namespace(lr=0.1, arch="net", path=pathlib.Path("/data"), when=datetime.date(2024, 1, 1)),
    types.SimpleNamespace(lr=0.1),
    np.float64(0.93),
    np.int64(7),
    np.dtype("float32"),
    np.random.default_rng(0).random(4),
    {"rng": np.random.get_state()},
    pathlib.PurePosixPath("/data/train"),
    pathlib.PureWindowsPath("C:/data"),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
    datetime.timedelta(hours=3),
    collections.defaultdict(list, accuracy=[0.5, 0.9]),
    collections.defaultdict(float, loss=0.1),
    collections.deque([1.0, 2.0], maxlen=5),
    collections.OrderedDict(epoch=3),
    collections.Counter("abc"),
    frozenset({1, 2}),
]


@pytest.mark.parametrize("beside", BESIDE, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("is_zip", [True, False])
def test_harmless_objects_beside_the_weights_are_allowed(tmp_path: Path, beside: Any, is_zip: bool) -> None:
    content = {"model": GOOD, "epoch": 3, "args": beside, "history": [beside]}
    torch.save(content, tmp_path / "x.pth", _use_new_zipfile_serialization=is_zip)
    assert has_weights(load(tmp_path / "x.pth")[0], GOOD)


def test_weights_in_a_defaultdict_are_read(tmp_path: Path) -> None:
    inner: Any = collections.defaultdict(float, GOOD)
    torch.save(collections.defaultdict(dict, model=inner), tmp_path / "x.pth")
    network, checkpoint = load(tmp_path / "x.pth")
    assert has_weights(network, GOOD) and checkpoint.key == "model"


def test_allowed_objects_are_not_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can name the classes with any arguments, so none of them may run."""

    def fail(*_: object) -> None:
        raise AssertionError

    torch.save({"model": GOOD, "args": argparse.Namespace(lr=1)}, tmp_path / "x.pth")
    monkeypatch.setattr(argparse.Namespace, "__setstate__", fail, raising=False)
    assert has_weights(load(tmp_path / "x.pth")[0], GOOD)


@pytest.mark.parametrize(
    ("beside", "name"),
    [
        (Config(), "tests.engine.checkpoints.test_files.Config"),
        (argparse.ArgumentParser, "argparse.ArgumentParser"),
        (print, "print"),
        (getattr, "getattr"),
    ],
)
def test_every_other_class_is_refused_by_name(tmp_path: Path, beside: Any, name: str) -> None:
    torch.save({"model": GOOD, "beside": beside}, tmp_path / "x.pt")
    with pytest.raises(UnreadableWeights, match=r"Reading them could run code, so the file is refused") as refused:
        read_checkpoint(tmp_path / "x.pt")
    assert f"besides tensors ({name}" in refused.value.message and name in refused.value.details["classes"][0]


def test_a_pickled_network_is_refused_with_its_classes_and_the_cure(tmp_path: Path) -> None:
    torch.save(Net(), tmp_path / "x.pt")
    with pytest.raises(
        UnreadableWeights, match=r"could run code, so the file is refused\. Save the plain state_dict"
    ) as error:
        read_checkpoint(tmp_path / "x.pt")
    assert "tests.engine.checkpoints.small_network.Net" in error.value.details["classes"]


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_truncated_files_and_other_formats_are_refused(tmp_path: Path, suffix: str) -> None:
    complete, path = tmp_path / f"complete{suffix}", tmp_path / f"x{suffix}"
    if suffix == ".pt":
        torch.save(GOOD, complete)
    else:
        save_file(GOOD, complete)
    for content in (complete.read_bytes()[:-100], b"\x07\x01\x02\x03 neither text nor known"):
        path.write_bytes(content)
        with pytest.raises(UnreadableWeights, match=rf"x\{suffix} (is not|is damaged)"):
            read_checkpoint(path)
    with pytest.raises(UnreadableWeights, match="no checkpoint file missing"):
        read_checkpoint(tmp_path / f"missing{suffix}")


def test_a_file_without_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "x.pt")
    with pytest.raises(UnreadableWeights, match=r"contains no weights.*Save the network's state_dict\(\)"):
        read_checkpoint(tmp_path / "x.pt")


def script(path: Path) -> None:
    """Save a TorchScript program."""
    torch.jit.save(torch.jit.script(Net()), path)


def zipped(*names: str) -> Callable[[Path], None]:
    """Write a ZIP archive with these entries."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"x")

    return write


def packed(path: Path) -> None:
    """Write a tar archive with a checkpoint."""
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("model.pth")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))


def exported(path: Path) -> None:
    """Save a program of torch.export."""
    torch.export.save(torch.export.export(Net().eval(), (torch.zeros(1, 1, 8, 8),)), path)


def holding(content: bytes) -> Callable[[Path], None]:
    """Write these bytes."""
    return lambda path: (path.write_bytes(content), None)[1]


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"
INDEX = b'{"metadata": {"total_size": 9}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors"}}'

# What 0.1.0 said to all of them: "is damaged or no torch checkpoint (…); copy or save it again", or "is no torch
# checkpoint, or a bare pickle of Python objects, and reading that could run code, so the file is refused".
OTHER_FILES: list[tuple[str, Callable[[Path], None], str]] = [
    ("script.pt", script, r"is a TorchScript program.*torch\.save\(torch\.jit\.load\(\"script\.pt\"\)\.state_dict\(\)"),
    ("program.pt", exported, "is a program saved by torch.export"),
    ("pointer.pt", holding(POINTER), "is a Git LFS pointer.*git lfs pull"),
    ("pointer.safetensors", holding(POINTER), "is a Git LFS pointer.*git lfs pull"),
    ("page.pt", holding(b"\n<!DOCTYPE html><html><body>Sign in</body></html>"), "is a web page.*download"),
    ("page.pth", holding(b"<html lang=en>"), "is a web page"),
    ("denied.pt", holding(b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), "is an XML document"),
    ("model.safetensors.index.json", holding(INDEX), "is the index of a checkpoint that is split.*save the weights as"),
    ("index.pt", holding(INDEX), "is the index of a checkpoint"),
    ("model-00002-of-00003.safetensors", holding(b"x"), "is part 2 of 3 of a checkpoint that is split"),
    ("pytorch_model-00001-of-00002.bin", holding(b"x"), "is part 1 of 2"),
    ("net.pt", holding(b"\x08\x08\x12\x07pytorch\x1a\x052.1.0:"), "is an ONNX model.*state_dict"),
    ("keras.pt", holding(b"\x89HDF\r\n\x1a\n" + bytes(99)), "is an HDF5 file, the format in which Keras saves models"),
    ("keras3.pt", zipped("metadata.json", "config.json", "model.weights.h5"), "is a Keras model"),
    ("mobile.pt", holding(b"\x1c\x00\x00\x00TFL3" + bytes(99)), "is a TensorFlow Lite model"),
    ("empty.pt", holding(b""), r"is empty \(0 bytes\)\. Copy or download it again"),
    ("empty.safetensors", holding(b""), r"is empty \(0 bytes\)"),
    ("arrays.pt", zipped("a.npy", "b.npy"), "is an archive of NumPy arrays"),
    (
        "many.pt",
        zipped("readme.txt", "weights.pth"),
        r"is a ZIP archive of 2 files \(readme.txt, weights.pth\)\. Unpack",
    ),
    ("model.pth.tar", packed, "is a tar archive. Unpack it and use the checkpoint inside"),
    ("model.pt", holding(gzip.compress(b"weights")), "is compressed with gzip. Unpack it"),
    ("notes.pt", holding(b"epoch 3, loss 0.2\n"), "is a text file that begins with “epoch 3, loss 0.2”"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "write", "words"), OTHER_FILES, ids=[name for name, *_ in OTHER_FILES])
def test_a_file_of_another_kind_is_called_what_it_is(
    tmp_path: Path, name: str, write: Callable[[Path], None], words: str
) -> None:
    write(tmp_path / name)
    with pytest.raises(UnreadableWeights, match=words) as refused:
        read_checkpoint(tmp_path / name)
    assert refused.value.message.startswith(f"{name} ")


def test_the_only_part_of_a_checkpoint_is_read(tmp_path: Path) -> None:
    save_file(GOOD, tmp_path / "model-00001-of-00001.safetensors")
    assert has_weights(load(tmp_path / "model-00001-of-00001.safetensors")[0], GOOD)
