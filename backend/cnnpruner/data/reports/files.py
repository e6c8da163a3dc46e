"""Inspect every file of an image folder: sizes, pixel modes and values, unreadable files, duplicates."""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from cnnpruner.data.images.file_images import DECODE_ERRORS, describe_decode_failure
from cnnpruner.data.images.intensity import ValueRange, find_value_range
from cnnpruner.data.images.pixels import ORIENTATION_TAG, PixelKind, pixel_kind, read_values
from cnnpruner.data.images.streamed import DECODER_THREADS
from cnnpruner.data.reports.duplicates import Duplicates, FileSequence, SubsetFile, find_duplicates, qualified_name
from cnnpruner.data.sets.class_folders import ImageFolder
from cnnpruner.domain.progress import Progress

MAX_DECODED_BYTES = 256 * 2**20
"""If the files of a folder take up at most this many bytes, all are decoded completely.

In larger folders, only these files are decoded: a sample, images with more than 8 bits, and files without an end
marker.
"""
MIN_SAMPLED_IMAGES = 2000

FILE_TAIL_BYTES = 512
FILE_END_MARKERS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b"\x3b"}
"""The bytes that mark the end of a complete file, for each file format."""
MAX_CONSTANT_IMAGE_EXAMPLES = 5

FILES_PER_CHUNK = 4096
"""Number of files inspected between two progress reports. A job can be cancelled only when it reports progress."""


@dataclass(frozen=True)
class InspectedFile:
    """The result of inspecting one file."""

    path: str
    """Path relative to the image folder, with `/` as separator."""
    width: int = 0
    height: int = 0
    mode: str = ""
    """The image's PIL mode, such as `RGB` or `I;16`."""
    failure: str | None = None
    """Why the file cannot be read; None if it can be read."""
    fingerprint: int = 0
    """64-bit hash of the pixels, or of the file's size and last bytes if not all files are decoded; 0 for unreadable
    files.
    """
    kind: PixelKind = "bytes"
    values: ValueRange | None = None
    """The lowest and highest pixel value, if the image was decoded."""
    has_several_images: bool = False
    """Whether the file contains several images."""


@dataclass
class FileInspection:
    """The result of inspecting all files of a folder."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Number of images by (width, height), in the orientation in which an image viewer would show them."""
    pixel_modes: Counter[str] = field(default_factory=Counter)
    unreadable_files: list[tuple[str, str]] = field(default_factory=list)
    """Path of each unreadable file, and the reason why it cannot be read."""
    value_ranges: dict[PixelKind, ValueRange] = field(default_factory=dict)
    """The lowest and highest pixel value in all decoded images, by kind of pixels."""
    constant_images: int = 0
    """Number of decoded images in which all pixels are equal."""
    constant_image_examples: list[str] = field(default_factory=list)
    multi_image_files: int = 0
    """Number of files that contain several images, of which only the first is read."""
    duplicates: tuple[Duplicates, ...] = ()
    is_fully_decoded: bool = False
    """Whether all files were decoded completely."""

    @property
    def decoded_images(self) -> int:
        """Number of images that were decoded completely."""
        return sum(values.images for values in self.value_ranges.values())

    def add(self, file: InspectedFile) -> None:
        """Add the result of inspecting one file."""
        if file.failure is not None:
            self.unreadable_files.append((file.path, file.failure))
            return
        self.sizes[file.width, file.height] += 1
        self.pixel_modes[file.mode] += 1
        self.multi_image_files += file.has_several_images
        if file.values is None:
            return
        self.value_ranges[file.kind] = file.values.merge(self.value_ranges.get(file.kind))
        if file.values.low == file.values.high:
            self.constant_images += 1
            if len(self.constant_image_examples) < MAX_CONSTANT_IMAGE_EXAMPLES:
                self.constant_image_examples.append(file.path)


def inspect_files(folder: ImageFolder, progress: Progress | None = None) -> FileInspection:
    """Inspect every file once, reporting progress every few thousand files."""
    files = FileSequence(folder)
    inspection = FileInspection(is_fully_decoded=_fits_decode_limit(files))
    fingerprints = np.zeros(len(files), dtype=np.uint64)
    for number, file in enumerate(_inspect_each_file(folder.root, files, inspection.is_fully_decoded, progress)):
        inspection.add(file)
        fingerprints[number] = file.fingerprint
    inspection.duplicates = find_duplicates(folder, fingerprints, inspection.is_fully_decoded)
    return inspection


def _fits_decode_limit(files: Sequence[SubsetFile]) -> bool:
    total_bytes = 0
    for subset, index in files:
        total_bytes += _size_bytes(subset.paths[index])
        if total_bytes > MAX_DECODED_BYTES:
            return False
    return True


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a broken link; reading it will report it
        return 0


def _inspect_each_file(
    root: Path, files: Sequence[SubsetFile], is_fully_decoded: bool, progress: Progress | None
) -> Iterator[InspectedFile]:
    sample_step = max(len(files) // MIN_SAMPLED_IMAGES, 1)
    with ThreadPoolExecutor(DECODER_THREADS) as executor:
        for start in range(0, len(files), FILES_PER_CHUNK):
            numbers = range(start, min(start + FILES_PER_CHUNK, len(files)))
            yield from executor.map(
                lambda number: _inspect_file(files[number], root, is_fully_decoded, number % sample_step == 0), numbers
            )
            if progress is not None:
                progress(numbers[-1] / len(files), f"inspecting images, {numbers[-1] + 1:,} of {len(files):,}")


def _inspect_file(subset_file: SubsetFile, root: Path, is_fully_decoded: bool, is_sampled: bool) -> InspectedFile:
    subset, index = subset_file
    path = subset.paths[index]
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else qualified_name(subset, index)
    try:
        with path.open("rb") as file, Image.open(file) as image:
            mode, kind, (width, height) = image.mode, pixel_kind(image), image.size  # getexif may load a PNG file
            if image.getexif().get(ORIENTATION_TAG, 1) in {5, 6, 7, 8}:  # EXIF orientation: a quarter turn
                width, height = height, width
            end_marker = FILE_END_MARKERS.get(image.format or "", b"")
            has_several_images = image.format != "MPO" and getattr(image, "is_animated", False)
            fingerprint, is_complete = _hash_file_tail(file, end_marker)
            values = None
            if is_fully_decoded or is_sampled or kind != "bytes" or not is_complete:
                values, digest = _decode_file(file)
                fingerprint = digest if is_fully_decoded else fingerprint
    except DECODE_ERRORS as error:
        return InspectedFile(name, failure=describe_decode_failure(error, path))
    return InspectedFile(name, width, height, mode, None, fingerprint, kind, values, has_several_images)


def _hash_file_tail(file: BinaryIO, end_marker: bytes) -> tuple[int, bool]:
    """Return a hash of the file's size and last bytes, and whether these bytes contain `end_marker`."""
    size = file.seek(0, 2)
    file.seek(max(size - FILE_TAIL_BYTES, 0))
    tail_bytes = file.read()
    return (size & 0xFFFFFFFF) << 32 | zlib.crc32(tail_bytes), end_marker in tail_bytes


def _decode_file(file: BinaryIO) -> tuple[ValueRange, int]:
    """Decode an image file. Return the range of its pixel values, and a 64-bit hash of its pixels."""
    file.seek(0)
    with Image.open(file) as image:
        values = read_values(image)
    digest = hashlib.blake2b(np.ascontiguousarray(values).tobytes(), digest_size=8, person=str(values.shape).encode())
    return find_value_range(values), int.from_bytes(digest.digest(), "big") or 1
