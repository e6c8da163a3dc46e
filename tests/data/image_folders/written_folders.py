"""Writes image folders as people have them, with few and small images."""

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnpruner.data.reports.report import DataPaths, report_data
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport

CLASSES = ("ant", "bee", "cat")
EDGE = 16


def noise(seed: int, low: float = 0, high: float = 256, channels: int = 3) -> NDArray[np.float64]:
    """Random values [EDGE, EDGE, channels], or [EDGE, EDGE] for one channel; different for every seed."""
    shape = (EDGE, EDGE) if channels == 1 else (EDGE, EDGE, channels)
    return np.random.default_rng(seed).uniform(low, high, shape)


def save(path: Path, seed: int, **options: str) -> None:
    """Save a picture that is different for every seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise(seed).astype(np.uint8)).save(path, **options)


def put(folder: Path, count: int, classes: Sequence[str] = CLASSES) -> None:
    """Write `count` pictures per class; pictures in differently named folders differ."""
    for label, name in enumerate(classes):
        for number in range(count):
            save(folder / name / f"{number}.png", zlib.crc32(f"{folder} {label} {number}".encode()))


def put_values(folder: Path, ending: str, values: Callable[[int, int], NDArray[np.generic]], count: int = 6) -> Path:
    """Write images `values(label, number)` of the classes `low` and `high` into folder/train; return the folder."""
    for label, name in enumerate(("low", "high")):
        for number in range(count):
            path = folder / "train" / name / f"{number}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values(label, number)).save(path)
    return folder


def write_deep_png(path: Path, values: NDArray[np.uint16]) -> None:
    """Write colours [H, W, 3] or [H, W, 4] of 16 bits as a PNG file, which PIL cannot write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width, channels = values.shape
    header = struct.pack(">IIBBBBB", width, height, 16, 2 if channels == 3 else 6, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def report(folder: Path, *, data_folders: tuple[Path, ...] = (), **data: object) -> DataReport:
    """The report of `inspect-data`; `data` are fields of the data source."""
    request = NewDataReport.model_validate({"data": {"kind": "folder", "path": folder.name} | data})
    return report_data(request, DataPaths(folder, None, data_folders), 2**30, None)


def splits(data_report: DataReport) -> dict[str, tuple[str, int]]:
    """The folder and the number of images of each split."""
    return {entry.split: (entry.folder, entry.images) for entry in data_report.splits}
