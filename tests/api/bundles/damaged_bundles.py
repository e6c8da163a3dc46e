"""Ways in which a bundle can be damaged, and the error message for each."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from safetensors.numpy import load, save

from cnnpruner.formats.bundles.values import BUNDLE_VERSION


def without(name: str) -> Callable[[bytes], bytes]:
    def edit(files: dict[str, bytes]) -> None:
        del files[name]

    return lambda data: edited(data, edit)


def edited(data: bytes, edit: Callable[[dict[str, bytes]], None], packed: bool = False) -> bytes:
    """Returns the archive with other contents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    edit(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            stored = name.endswith(("weights.safetensors", ".npy")) and not packed
            archive.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def manifest(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    def edit(files: dict[str, bytes]) -> None:
        value = json.loads(files["manifest.json"])
        change(value)
        files["manifest.json"] = json.dumps(value).encode()

    return edited(data, edit)


def pickled(files: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    files["selection-pictures.npy"] = buffer.getvalue()


def twice(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", "{}")
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    at = data.index(b"nodes/2/weights.safetensors") + 5000
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def pointing(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """Changes the structure of node 2."""

    def edit(files: dict[str, bytes]) -> None:
        value = json.loads(files["nodes/2/layers.json"])
        change(value)
        files["nodes/2/layers.json"] = json.dumps(value).encode()

    return lambda data: edited(data, edit)


def unlikely(files: dict[str, bytes]) -> None:
    arrays = load(files["nodes/2/arrays.safetensors"])
    arrays["predictions probability"][0] = np.nan
    files["nodes/2/arrays.safetensors"] = save(arrays)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no zip": (lambda data: b"hello" * 100, "not a complete CNNPruner bundle"),
    "empty": (lambda data: b"", "not a complete CNNPruner bundle"),
    "cut short": (lambda data: data[: len(data) // 2], "not a complete CNNPruner bundle"),
    "end cut off": (lambda data: data[:-10], "not a complete CNNPruner bundle"),
    "a flipped bit in weights": (flipped, "Bad CRC-32"),
    "foreign": (without("manifest.json"), "does not contain manifest.json"),
    "another program's": (lambda d: manifest(d, lambda v: v.update(format="x")), "another program"),
    "a later version": (
        lambda d: manifest(d, lambda v: v.update(version=BUNDLE_VERSION + 1)),
        f"can only read versions up to {BUNDLE_VERSION}; open it with CNNPruner 0.",
    ),
    "a version that never was": (lambda d: manifest(d, lambda v: v.update(version=0)), "version: Input should be"),
    "a structure of another shape": (pointing(lambda v: v["layers"][0].update(more=1)), "layers.0.more: Extra inputs"),
    "a value that the program refuses": (
        lambda d: manifest(d, lambda v: v["experiment"].update(weights={"path": None})),
        "manifest.json is not valid in a bundle (weights",
    ),
    "an unknown field": (lambda d: manifest(d, lambda v: v.update(more=2)), "more: Extra inputs"),
    "a path out of the folder": (
        lambda data: edited(data, lambda files: files.update({"../../evil.py": b"x"})),
        "'../../evil.py', which no bundle contains",
    ),
    "an absolute path": (
        lambda d: edited(d, lambda files: files.update({"/etc/evil": b"x"})),
        "which no bundle contains",
    ),
    "a zip bomb": (
        lambda data: edited(data, lambda files: files.update({"root-layers.json": b" " * 50_000_000})),
        "would unpack to 50,000,000 bytes",
    ),
    "two files of one name": (twice, "same name"),
    "weights of another node": (
        lambda d: edited(d, lambda f: f.update({"nodes/2/weights.safetensors": f["nodes/0/weights.safetensors"]})),
        "weights of node 2 do not match its structure",
    ),
    "weights that are none": (
        lambda d: edited(d, lambda f: f.update({"nodes/2/weights.safetensors": b"\x80\x04pickle"})),
        "weights of node 2 are not a complete safetensors",
    ),
    "packed weights": (lambda d: edited(d, lambda _: None, packed=True), "is compressed"),
    "weights missing": (without("nodes/2/weights.safetensors"), "does not contain nodes/2/weights"),
    "a pickle as pictures": (lambda d: edited(d, pickled), "The thumbnails are not an array"),
    "arrays missing": (
        lambda d: edited(d, lambda f: f.update({"nodes/0/arrays.safetensors": f["splits.safetensors"]})),
        "does not contain an array 'predictions top'",
    ),
    "a unit of a layer that is not there": (
        pointing(lambda v: v["units"][0]["members"].append([999, 0])),
        "structure of node 2 is inconsistent",
    ),
    "a tensor of units that are not there": (
        pointing(lambda v: v["tensors"][0].update(dims=[999, None, None, None])),
        "structure of node 2 is inconsistent",
    ),
    "layers that the root has not": (
        pointing(lambda v: v["layers"][0].update(name="other")),
        "structure of node 2 is inconsistent",
    ),
    "tensors of a kind that is none": (pointing(lambda v: v["tensors"][0].update(dtype="F7")), "structure of node 2"),
    "probabilities that are none": (lambda d: edited(d, unlikely), "invalid probabilities"),
    "two roots": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(parent_id=None)),
        "does not fit into the tree",
    ),
    "a number that is not given yet": (
        lambda d: manifest(d, lambda v: v.update(next_number=2)),
        "has not been assigned yet",
    ),
    "a number that no column holds": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(macs=10**30)),
        "a value that the database cannot store",
    ),
    "a time that no column holds": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(created_at="0001-01-01T00:00:00+14:00")),
        "a value that the database cannot store (date value out of range)",
    ),
    "a node of other images": (
        lambda d: manifest(d, lambda v: v["nodes"][2]["node"].update(images=0, correct=0)),
        "Node 3 lacks metrics, or was measured on images other than the selection split",
    ),
    "a ready node without numbers": (
        lambda d: manifest(d, lambda v: v["nodes"][1]["node"].update(correct=None)),
        "Node 2 lacks metrics, or was measured on images other than the selection split",
    ),
    "another split": (
        lambda d: manifest(d, lambda v: v["experiment"]["splits"].update(test=3)),
        "test split does not have the number of images",
    ),
}
