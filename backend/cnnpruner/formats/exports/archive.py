"""What an archive holds, and reading it without trusting it. Free of torch."""

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.errors import UnreadableExport

RECORD = "network.json"
WEIGHTS = "weights.safetensors"
EXAMPLE = "example.safetensors"
README = "README.md"

LARGEST_RATIO = 50
"""A file that unpacks to more than so many times the size of its archive holds no weights."""
SMALL_BYTES = 2**24
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_archive(folder: Path, path: Path) -> None:
    """Zip all files of `folder` into `path`, weights uncompressed, in order of name."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _EPOCH)
            entry.external_attr = 0o644 << 16
            packed = file.suffix in (".json", ".md")
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def read_members(path: Path, names: Sequence[str]) -> list[bytes]:
    """The bytes of these files of an archive, or of the folder that it was unpacked into.

    Raises UnreadableExport for what is missing, damaged, cut short, or no export of ours.
    """
    if not path.exists():
        raise UnreadableExport(f"There is no file {path}; check the path.")
    if path.is_file() and path.name in (RECORD, WEIGHTS):
        path = path.parent
    if path.is_dir():
        return [_read_file(path / name) for name in names]
    try:
        with zipfile.ZipFile(path) as archive:
            return [_read_entry(archive, path, name) for name in names]
    except UnreadableExport:
        raise
    except Exception as error:  # zipfile raises many kinds for damaged files
        sentence = f"{path.name} is no whole export of CNNPruner ({error}): it is damaged, cut short or of another kind"
        raise UnreadableExport(f"{sentence}; download it again, or export the node anew.", file=path.name) from error


def _read_file(path: Path) -> bytes:
    if not path.is_file():
        raise _missing(path.parent, path.name)
    return path.read_bytes()


def _read_entry(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    if name not in archive.namelist():
        raise _missing(path, name)
    entry = archive.getinfo(name)
    if entry.file_size > max(SMALL_BYTES, LARGEST_RATIO * path.stat().st_size):
        raise UnreadableExport(f"{name} in {path.name} would unpack to {entry.file_size:,} bytes; this is no export.")
    return archive.read(entry)  # checks the sum that the archive has of it


def _missing(place: Path, name: str) -> UnreadableExport:
    if name == WEIGHTS:
        cure = "it was exported for another runtime: its README says how to run it, or export it as safetensors"
    else:
        cure = "it is no export of CNNPruner; checkpoints of training scripts are not opened here: export the node"
    return UnreadableExport(f"{place.name or place} holds no {name}; {cure}.", file=str(place.name))


def read_record(data: bytes, place: str) -> NetworkRecord:
    """`network.json` as a value; raises UnreadableExport where it is not what we write."""
    try:
        return NetworkRecord.model_validate_json(data)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "the file"
        raise UnreadableExport(
            f"{RECORD} of {place} is not one that this version reads ({where}: {fault['msg']}); export the node anew, "
            "or install the version of CNNPruner that exported it.",
            file=place,
        ) from error


def check_sum(data: bytes, record: NetworkRecord, place: str) -> None:
    """Raise UnreadableExport where the weights are not those that were exported."""
    if record.weights_sha256 is not None and hashlib.sha256(data).hexdigest() != record.weights_sha256:
        sentence = f"{WEIGHTS} of {place} is not the one that was exported: it is damaged or was changed"
        raise UnreadableExport(f"{sentence}; download the archive again.", file=place)
