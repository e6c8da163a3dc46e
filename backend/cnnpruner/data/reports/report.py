"""The report of a data set before anything is trained: counts, sizes, errors with their cures, mean and std."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.loaded_data import KNOWN, LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import NAMED, describe_modes, describe_sizes, find_errors, find_warnings, imbalance
from cnnpruner.data.reports.files import Examined, examine
from cnnpruner.data.sets.class_folders import ClassFolders, Part, list_pictures
from cnnpruner.data.sets.folders import choose_edge
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sources.data_reports import (
    ClassCount,
    DataReport,
    NewDataReport,
    PictureMode,
    PictureSize,
    UnreadablePicture,
)
from cnnpruner.errors import InvalidInput

FREQUENT = 10


@dataclass(frozen=True)
class Places:
    """Where the images lie, and those that were named as unseen; None where there are none."""

    folder: Path | None
    unseen: Path | None


def report_data(
    asked: NewDataReport, places: Places, max_bytes_in_memory: int, progress: Progress | None
) -> DataReport:
    """What is in the set. Faults of an image folder stand in the report; other sets raise UnusableData.

    max_bytes_in_memory: sets up to this size are held in memory; the report says which.
    """
    source, options = asked.data, ImageOptions(asked.image_size, None, asked.seed, 0)
    if source.kind != "folder" or places.folder is None:
        loaded = load_data(source, places.folder, options, progress, places.unseen)
        return _with_pixels(_of_set(asked, loaded), asked, loaded, max_bytes_in_memory)
    folders = list_pictures(places.folder, places.unseen, progress)
    examined = examine(folders, progress)
    errors = find_errors(folders, examined)
    report = _of_folder(asked, folders, examined, errors)
    if errors:
        return report
    size = asked.image_size or choose_edge(examined.sizes)
    loaded = load_data(source, places.folder, replace(options, image_size=size), progress, places.unseen)
    return _with_pixels(report, asked, loaded, max_bytes_in_memory)


def _of_folder(asked: NewDataReport, folders: ClassFolders, examined: Examined, errors: list[str]) -> DataReport:
    held = [part for part in (folders.unseen or folders.val,) if part is not None]
    train, beside = _counts(folders, [folders.train]), _counts(folders, held)
    warnings = find_warnings(folders, examined) if len(folders.classes) > 1 else []
    return DataReport(
        data=asked.data,
        images=sum(train),
        held_out_images=sum(beside),
        classes=[
            ClassCount(name=name, train=mine, held_out=other)
            for name, mine, other in zip(folders.classes, train, beside, strict=True)
        ],
        sizes=_frequent(examined.sizes),
        different_sizes=len(examined.sizes),
        modes=[PictureMode(mode=mode, images=count) for mode, count in examined.modes.most_common()],
        unreadable=[UnreadablePicture(place=place, reason=why) for place, why in examined.unreadable[:NAMED]],
        unreadable_images=len(examined.unreadable),
        duplicates=sum(one.count for one in examined.duplicates),
        **_NOTHING,
        errors=errors,
        warnings=warnings,
        sentences=[*_about(folders, sum(train), held), *_looked(examined), *errors, *warnings],
    )


_NOTHING: dict[str, None] = dict.fromkeys(("image_size", "channels", "mean", "std", "normalization", "streamed"))


def _counts(folders: ClassFolders, parts: list[Part]) -> list[int]:
    counts = np.zeros(len(folders.classes), dtype=np.int64)
    for part in parts:
        counts += part.counts(len(folders.classes))
    return [int(count) for count in counts]


def _frequent(sizes: Counter[tuple[int, int]]) -> list[PictureSize]:
    return [PictureSize(width=size[0], height=size[1], images=count) for size, count in sizes.most_common(FREQUENT)]


def _about(folders: ClassFolders, images: int, held: list[Part]) -> list[str]:
    beside = "".join(f"; {len(part.labels):,} pictures beside them in {part.name}" for part in held)
    return [f"{images:,} training pictures of {len(folders.classes)} classes in {folders.train.name}{beside}."]


def _looked(examined: Examined) -> list[str]:
    how = (
        "Every file was decoded."
        if examined.is_decoded
        else "The header and the end of every file were read; those that do not end as they should were decoded."
    )
    sizes = [describe_sizes(examined.sizes)] if examined.sizes else []
    return [*sizes, *describe_modes(examined.modes), how]


def _of_set(asked: NewDataReport, loaded: LoadedData) -> DataReport:
    """Of a set that is read whole: all images have one form."""
    pools = (loaded.train_pool, loaded.held_out_pool, loaded.test_pool)
    train, *beside = (
        np.bincount([] if pool is None else pool.labels.numpy(), minlength=len(loaded.classes)) for pool in pools
    )
    held, size = beside[0] + beside[1], (loaded.image_size, loaded.image_size)
    warnings = imbalance(loaded.classes, train.tolist())
    images = int(train.sum() + held.sum())
    beside_them = f"; {held.sum():,} images beside them" if held.any() else ""
    return DataReport(
        data=asked.data,
        images=int(train.sum()),
        held_out_images=int(held.sum()),
        classes=[
            ClassCount(name=name, train=int(mine), held_out=int(other))
            for name, mine, other in zip(loaded.classes, train, held, strict=True)
        ],
        sizes=_frequent(Counter({size: images})),
        different_sizes=1,
        modes=[PictureMode(mode="L" if loaded.channels == 1 else "RGB", images=images)],
        unreadable=[],
        unreadable_images=0,
        duplicates=0,
        **_NOTHING,
        errors=[],
        warnings=warnings,
        sentences=[f"{train.sum():,} training images of {len(loaded.classes)} classes{beside_them}.", *warnings],
    )


def _with_pixels(report: DataReport, asked: NewDataReport, loaded: LoadedData, max_bytes_in_memory: int) -> DataReport:
    """The same with what becomes of the pictures, and mean and std."""
    channels, size = loaded.channels, loaded.image_size
    mean, std = _given("mean", asked.mean, channels), _given("std", asked.std, channels)
    found = "known" if asked.data.kind in KNOWN else "measured"
    pools = [pool for pool in (loaded.train_pool, loaded.test_pool, loaded.held_out_pool) if pool is not None]
    lies = any(isinstance(pool, StreamedImages) for pool in pools)
    streamed = lies and sum(map(len, pools)) * channels * size**2 > max_bytes_in_memory
    sentences = list(dict.fromkeys((*report.sentences, *loaded.notices)))
    update = {
        "image_size": size,
        "channels": channels,
        "mean": mean or list(loaded.mean),
        "std": std or list(loaded.std),
        "normalization": "given" if mean or std else found,
        "streamed": streamed,
    }
    whole = report.model_copy(update=update)
    return whole.model_copy(update={"sentences": [*sentences, *_about_pixels(whole)]})


def _about_pixels(report: DataReport) -> list[str]:
    assert report.mean is not None
    assert report.std is not None
    mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (report.mean, report.std))
    origin = {"given": "as given", "known": "as the literature has it", "measured": "measured on training images"}
    held = "stay on disk and are decoded by threads ahead of their use" if report.streamed else "are held in memory"
    assert report.normalization is not None
    return [
        f"Networks get them as {report.image_size}×{report.image_size} pixels of {report.channels} channels, less "
        f"{mean}, over {std} ({origin[report.normalization]}); they {held}."
    ]


def _given(name: str, values: list[float] | None, channels: int) -> list[float] | None:
    if values is not None and len(values) != channels:
        raise InvalidInput(f"{name} has {len(values)} values, but the images have {channels} channels; give one each.")
    return values
