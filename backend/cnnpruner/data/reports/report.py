"""Report on a data set before training: counts, sizes, errors with their cures, mean and std."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.loaded_data import PUBLISHED_NORMALIZATION, LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import (
    MAX_NAMED_FILES,
    describe_imbalance,
    describe_modes,
    describe_sizes,
    find_errors,
    find_warnings,
)
from cnnpruner.data.reports.files import FileInspection, inspect_files
from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder, list_images
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

MAX_LISTED_SIZES = 10


@dataclass(frozen=True)
class DataPaths:
    """The folder of the data set, and a folder of images that the weights have not seen; None if there is no such
    folder.
    """

    folder: Path | None
    unseen: Path | None


def report_data(
    request: NewDataReport, paths: DataPaths, max_bytes_in_memory: int, progress: Progress | None
) -> DataReport:
    """Report what the data set contains. The report lists errors in an image folder; errors in other data sets raise
    UnusableData.

    max_bytes_in_memory: data sets up to this size are loaded into memory; the report says whether this one is.
    """
    source, options = request.data, ImageOptions(request.image_size, None, request.seed, 0)
    if source.kind != "folder" or paths.folder is None:
        loaded_data = load_data(source, paths.folder, options, progress, paths.unseen)
        return _add_pixel_fields(_report_loaded_data(request, loaded_data), request, loaded_data, max_bytes_in_memory)
    folder = list_images(paths.folder, paths.unseen, progress)
    inspection = inspect_files(folder, progress)
    errors = find_errors(folder, inspection)
    report = _report_folder(request, folder, inspection, errors)
    if errors:
        return report
    size = request.image_size or choose_edge(inspection.sizes)
    loaded_data = load_data(source, paths.folder, replace(options, image_size=size), progress, paths.unseen)
    return _add_pixel_fields(report, request, loaded_data, max_bytes_in_memory)


def _report_folder(
    request: NewDataReport, folder: ImageFolder, inspection: FileInspection, errors: list[str]
) -> DataReport:
    held_out = [subset for subset in (folder.unseen or folder.val,) if subset is not None]
    train_counts, held_out_counts = _count_images(folder, [folder.train]), _count_images(folder, held_out)
    warnings = find_warnings(folder, inspection) if len(folder.classes) > 1 else []
    return DataReport(
        data=request.data,
        images=sum(train_counts),
        held_out_images=sum(held_out_counts),
        classes=[
            ClassCount(name=name, train=train_count, held_out=held_out_count)
            for name, train_count, held_out_count in zip(folder.classes, train_counts, held_out_counts, strict=True)
        ],
        sizes=_most_frequent(inspection.sizes),
        different_sizes=len(inspection.sizes),
        modes=[PictureMode(mode=mode, images=count) for mode, count in inspection.modes.most_common()],
        unreadable=[
            UnreadablePicture(place=path, reason=reason)
            for path, reason in inspection.unreadable_files[:MAX_NAMED_FILES]
        ],
        unreadable_images=len(inspection.unreadable_files),
        duplicates=sum(duplicates.count for duplicates in inspection.duplicates),
        **_UNKNOWN_PIXEL_FIELDS,
        errors=errors,
        warnings=warnings,
        sentences=[
            _describe_counts(folder, sum(train_counts), held_out),
            *_describe_files(inspection),
            *errors,
            *warnings,
        ],
    )


_UNKNOWN_PIXEL_FIELDS: dict[str, None] = dict.fromkeys(
    ("image_size", "channels", "mean", "std", "normalization", "streamed")
)


def _count_images(folder: ImageFolder, subsets: list[FolderSubset]) -> list[int]:
    counts = np.zeros(len(folder.classes), dtype=np.int64)
    for subset in subsets:
        counts += subset.counts(len(folder.classes))
    return [int(count) for count in counts]


def _most_frequent(sizes: Counter[tuple[int, int]]) -> list[PictureSize]:
    return [
        PictureSize(width=size[0], height=size[1], images=count) for size, count in sizes.most_common(MAX_LISTED_SIZES)
    ]


def _describe_counts(folder: ImageFolder, images: int, held_out: list[FolderSubset]) -> str:
    held_out_text = "".join(f"; {len(subset.labels):,} held-out images in {subset.name}" for subset in held_out)
    return f"{images:,} training images of {len(folder.classes)} classes in {folder.train.name}{held_out_text}."


def _describe_files(inspection: FileInspection) -> list[str]:
    method = (
        "Every file was decoded."
        if inspection.is_fully_decoded
        else "The start and end of every file were read; files without an end marker were decoded."
    )
    sizes = [describe_sizes(inspection.sizes)] if inspection.sizes else []
    return [*sizes, *describe_modes(inspection.modes), method]


def _report_loaded_data(request: NewDataReport, loaded_data: LoadedData) -> DataReport:
    """Report on a data set that is already loaded, in which all images have the same shape."""
    pools = (loaded_data.train_pool, loaded_data.held_out_pool, loaded_data.test_pool)
    train, *others = (
        np.bincount([] if pool is None else pool.labels.numpy(), minlength=len(loaded_data.classes)) for pool in pools
    )
    held_out, size = others[0] + others[1], (loaded_data.image_size, loaded_data.image_size)
    warnings = [*loaded_data.warnings, *describe_imbalance(loaded_data.classes, train.tolist())]
    images = int(train.sum() + held_out.sum())
    held_out_text = f"; {held_out.sum():,} held-out images" if held_out.any() else ""
    return DataReport(
        data=request.data,
        images=int(train.sum()),
        held_out_images=int(held_out.sum()),
        classes=[
            ClassCount(name=name, train=int(train_images), held_out=int(held_out_images))
            for name, train_images, held_out_images in zip(loaded_data.classes, train, held_out, strict=True)
        ],
        sizes=_most_frequent(Counter({size: images})),
        different_sizes=1,
        modes=[PictureMode(mode="L" if loaded_data.channels == 1 else "RGB", images=images)],
        unreadable=[],
        unreadable_images=0,
        duplicates=0,
        **_UNKNOWN_PIXEL_FIELDS,
        errors=[],
        warnings=warnings,
        sentences=[f"{train.sum():,} training images of {len(loaded_data.classes)} classes{held_out_text}.", *warnings],
    )


def _add_pixel_fields(
    report: DataReport, request: NewDataReport, loaded_data: LoadedData, max_bytes_in_memory: int
) -> DataReport:
    """Return the report with the size, channels, mean and std with which networks receive the images."""
    channels, size = loaded_data.channels, loaded_data.image_size
    mean, std = (
        _require_value_per_channel("mean", request.mean, channels),
        _require_value_per_channel("std", request.std, channels),
    )
    origin = "known" if request.data.kind in PUBLISHED_NORMALIZATION else "measured"
    pools = [
        pool for pool in (loaded_data.train_pool, loaded_data.test_pool, loaded_data.held_out_pool) if pool is not None
    ]
    is_on_disk = any(isinstance(pool, StreamedImages) for pool in pools)
    is_streamed = is_on_disk and sum(map(len, pools)) * channels * size**2 > max_bytes_in_memory
    sentences = list(dict.fromkeys((*report.sentences, *loaded_data.notices)))
    update = {
        "image_size": size,
        "channels": channels,
        "mean": mean or list(loaded_data.mean),
        "std": std or list(loaded_data.std),
        "normalization": "given" if mean or std else origin,
        "streamed": is_streamed,
    }
    complete_report = report.model_copy(update=update)
    return complete_report.model_copy(update={"sentences": [*sentences, _describe_pixels(complete_report)]})


def _describe_pixels(report: DataReport) -> str:
    assert report.mean is not None
    assert report.std is not None
    mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (report.mean, report.std))
    origin_texts = {"given": "as specified", "known": "from the literature", "measured": "measured on training images"}
    storage = "stay on disk and are decoded shortly before use" if report.streamed else "are loaded into memory"
    assert report.normalization is not None
    return (
        f"Networks receive images of {report.image_size}×{report.image_size} pixels with {report.channels} "
        f"{'channel' if report.channels == 1 else 'channels'}, minus the mean {mean}, divided by the std {std} "
        f"({origin_texts[report.normalization]}); the images {storage}."
    )


def _require_value_per_channel(name: str, values: list[float] | None, channels: int) -> list[float] | None:
    if values is not None and len(values) != channels:
        raise InvalidInput(
            f"{name} has {len(values)} values, but the images have {channels} channels; give one value per channel."
        )
    return values
