"""Writes the archive of an export, and reads the files of such archives as untrusted input. Does not import torch."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnpruner.domain.sharing.exports import NetworkRecord
from cnnpruner.errors import UnreadableExport
from cnnpruner.planning.defaults import PLAIN_TRAINING_SETTINGS

RECORD_FILE = "network.json"
WEIGHTS_FILE = "weights.safetensors"
EXAMPLE_FILE = "example.safetensors"
README_FILE = "README.md"

MAX_COMPRESSION_RATIO = 50
"""A file is refused if it unpacks to more than this many times the size of the archive that contains it."""
MIN_BYTES_FOR_RATIO_CHECK = 2**24
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)


def write_archive(folder: Path, path: Path) -> None:
    """Zip all files of `folder` into `path`, ordered by name. Only text files are compressed."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _ENTRY_DATE)
            entry.external_attr = 0o644 << 16
            is_text = file.suffix in (".json", ".md")
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED)


def read_members(path: Path, names: Sequence[str]) -> list[bytes]:
    """Return the contents of the files `names` in an archive, or in a folder into which an archive was unpacked.

    Raises UnreadableExport if a file is missing or damaged, or if `path` is not a CNNPruner export.
    """
    if not path.exists():
        raise UnreadableExport(f"File {path} does not exist; check the path.")
    if path.is_file() and path.name in (RECORD_FILE, WEIGHTS_FILE):
        path = path.parent
    if path.is_dir():
        return [_read_file(path / name) for name in names]
    try:
        with zipfile.ZipFile(path) as archive:
            return [_read_entry(archive, path, name) for name in names]
    except UnreadableExport:
        raise
    except Exception as error:  # zipfile raises many kinds for damaged files
        raise UnreadableExport(
            f"{path.name} is not a complete CNNPruner export ({error}): it is damaged, truncated or a different kind "
            "of file; download it again, or export the node again.",
            file=path.name,
        ) from error


def _read_file(path: Path) -> bytes:
    if not path.is_file():
        raise _missing_file_error(path.parent, path.name)
    return path.read_bytes()


def _read_entry(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    if name not in archive.namelist():
        raise _missing_file_error(path, name)
    entry = archive.getinfo(name)
    if entry.file_size > max(MIN_BYTES_FOR_RATIO_CHECK, MAX_COMPRESSION_RATIO * path.stat().st_size):
        raise UnreadableExport(
            f"{name} in {path.name} would unpack to {entry.file_size:,} bytes; this is not a CNNPruner export."
        )
    return archive.read(entry)  # verifies the CRC stored in the archive


def _missing_file_error(source: Path, name: str) -> UnreadableExport:
    if name == WEIGHTS_FILE:
        fix = "it was exported for another runtime: run it as the README describes, or export the node as safetensors"
    else:
        fix = (
            "it is not a CNNPruner export. Checkpoints saved by a training script cannot be loaded here: export the "
            "node instead"
        )
    return UnreadableExport(f"{source.name or source} does not contain {name}; {fix}.", file=str(source.name))


def read_network_record(data: bytes, source: str) -> NetworkRecord:
    """Parse the content of `network.json`. Raises UnreadableExport if it is not valid."""
    try:
        return NetworkRecord.model_validate(_add_missing_settings(json.loads(data)))
    except json.JSONDecodeError as error:
        raise UnreadableExport(
            f"{RECORD_FILE} of {source} is not valid JSON; export the node again.", file=source
        ) from error
    except ValidationError as error:
        details = error.errors()[0]
        field = ".".join(map(str, details["loc"])) or "the file"
        raise UnreadableExport(
            f"{RECORD_FILE} of {source} cannot be read by this version ({field}: {details['msg']}); export the node "
            "again, or install the version of CNNPruner that exported it.",
            file=source,
        ) from error


def _add_missing_settings(record: Any) -> Any:
    """Add the training settings that older exports lack, with the values of `PLAIN_TRAINING_SETTINGS`."""
    if not isinstance(record, dict) or not isinstance(record.get("training"), dict):
        return record
    return record | {"training": PLAIN_TRAINING_SETTINGS | record["training"]}


def require_intact_weights(data: bytes, record: NetworkRecord, source: str) -> None:
    """Raise UnreadableExport if the weights do not have the checksum that was recorded when they were exported."""
    if record.weights_sha256 is not None and hashlib.sha256(data).hexdigest() != record.weights_sha256:
        raise UnreadableExport(
            f"{WEIGHTS_FILE} of {source} was damaged or changed after the export; download the archive again.",
            file=source,
        )
