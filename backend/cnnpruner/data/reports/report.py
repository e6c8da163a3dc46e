"""Report on a data set before training: counts, sizes, errors and how to fix them, mean and std."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnpruner.data.images.contrast import check_contrast
from cnnpruner.data.images.intensity import choose_image_reading
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.loaded_data import PUBLISHED_NORMALIZATION, LoadedData, load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import describe_imbalance, find_folder_errors
from cnnpruner.data.reports.files import inspect_files
from cnnpruner.data.reports.folder_report import EMPTY_PIXEL_FIELDS, most_frequent_sizes, report_image_folder
from cnnpruner.data.sets.class_folders import list_images
from cnnpruner.data.sets.folders import choose_image_size, get_listing_rules
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sources.data_reports import ClassCount, DataReport, NewDataReport, PictureMode
from cnnpruner.errors import InvalidInput, UnusableData


@dataclass(frozen=True)
class DataPaths:
    """The folder of the data set, and a folder of images on which the weights were not trained; either can be None."""

    folder: Path | None
    unseen: Path | None
    data_folders: tuple[Path, ...] = ()
    """Symbolic links may lead only into these folders, `folder` and `unseen`."""


def report_data(
    request: NewDataReport, paths: DataPaths, max_bytes_in_memory: int, progress: Progress | None
) -> DataReport:
    """Report what the data set contains.

    Errors in an image folder are listed in the report; errors in other data sets raise UnusableData.
    max_bytes_in_memory: an experiment loads a data set into memory if its pixels take at most this many bytes; the
    report says whether this data set is small enough.
    """
    options = ImageOptions(request.image_size, None, request.seed, 0, data_folders=paths.data_folders)
    if request.data.kind == "folder" and paths.folder is not None:
        return _report_image_folder(request, paths, options, max_bytes_in_memory, progress)
    loaded_data = load_data(request.data, paths.folder, options, progress, paths.unseen)
    return _add_pixel_fields(_report_loaded_data(request, loaded_data), request, loaded_data, max_bytes_in_memory)


def _report_image_folder(
    request: NewDataReport,
    paths: DataPaths,
    options: ImageOptions,
    max_bytes_in_memory: int,
    progress: Progress | None,
) -> DataReport:
    assert paths.folder is not None
    source = request.data
    folder = list_images(paths.folder, paths.unseen, get_listing_rules(source, options), progress)
    inspection = inspect_files(folder, progress)
    errors = find_folder_errors(folder, inspection)
    reading = choose_image_reading(inspection.value_ranges, source.value_range)
    report = report_image_folder(request, folder, inspection, reading, errors)
    if errors:
        return report
    size = request.image_size or choose_image_size(inspection.sizes)
    loaded_data = load_data(
        source, paths.folder, replace(options, image_size=size, reading=reading), progress, paths.unseen
    )
    return _add_pixel_fields(report, request, loaded_data, max_bytes_in_memory)


def _report_loaded_data(request: NewDataReport, loaded_data: LoadedData) -> DataReport:
    """Return the report on a data set that is already loaded, still without the size, channels, mean and std of its
    images.
    """
    pools = (loaded_data.train_pool, loaded_data.held_out_pool, loaded_data.test_pool)
    train, *other_split_counts = (
        np.bincount([] if pool is None else pool.labels.numpy(), minlength=len(loaded_data.classes)) for pool in pools
    )
    test, held_out, size = (
        other_split_counts[1],
        other_split_counts[0] + other_split_counts[1],
        (loaded_data.image_size, loaded_data.image_size),
    )
    warnings = [*loaded_data.warnings, *describe_imbalance(loaded_data.classes, train.tolist())]
    images = int(train.sum() + held_out.sum())
    held_out_text = f"; {held_out.sum():,} held-out images" if held_out.any() else ""
    return DataReport(
        data=request.data,
        images=int(train.sum()),
        held_out_images=int(held_out.sum()),
        test_images=int(test.sum()),
        classes=[
            ClassCount(name=name, train=int(train[label]), held_out=int(held_out[label]), test=int(test[label]))
            for label, name in enumerate(loaded_data.classes)
        ],
        sizes=most_frequent_sizes(Counter({size: images})),
        different_sizes=1,
        modes=[PictureMode(mode="L" if loaded_data.channels == 1 else "RGB", images=images)],
        unreadable=[],
        unreadable_images=0,
        duplicates=0,
        **EMPTY_PIXEL_FIELDS,
        errors=[],
        warnings=warnings,
        sentences=[f"{train.sum():,} training images in {len(loaded_data.classes)} classes{held_out_text}.", *warnings],
    )


def _add_pixel_fields(
    report: DataReport, request: NewDataReport, loaded_data: LoadedData, max_bytes_in_memory: int
) -> DataReport:
    """Return `report` with the size, channels, mean and std of the images as networks receive them.

    If the images of an image folder are constant, the report lists this as an error; for other data sets, UnusableData
    is raised.
    """
    try:
        contrast_warnings = list(check_contrast(loaded_data.contrast))
    except UnusableData as error:
        if request.data.kind != "folder":
            raise
        return report.model_copy(update={"errors": [error.message], "sentences": [*report.sentences, error.message]})
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
    sentences = list(dict.fromkeys((*report.sentences, *loaded_data.notices, *contrast_warnings)))
    pixel_fields = {
        "warnings": [*report.warnings, *contrast_warnings],
        "image_size": size,
        "channels": channels,
        "mean": mean or list(loaded_data.mean),
        "std": std or list(loaded_data.std),
        "normalization": "given" if mean or std else origin,
        "streamed": is_streamed,
    }
    completed_report = report.model_copy(update=pixel_fields)
    return completed_report.model_copy(update={"sentences": [*sentences, _describe_pixels(completed_report)]})


def _describe_pixels(report: DataReport) -> str:
    assert report.mean is not None
    assert report.std is not None
    mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (report.mean, report.std))
    normalization_origin_texts = {
        "given": "as specified",
        "known": "from the literature",
        "measured": "measured on training images",
    }
    storage_text = (
        "the images stay on disk and are decoded shortly before use"
        if report.streamed
        else "the images are loaded into memory"
    )
    assert report.normalization is not None
    return (
        f"Networks receive images of {report.image_size}×{report.image_size} pixels with {report.channels} "
        f"{'channel' if report.channels == 1 else 'channels'}, normalised with the mean {mean} and the std {std} "
        f"({normalization_origin_texts[report.normalization]}); {storage_text}."
    )


def _require_value_per_channel(name: str, values: list[float] | None, channels: int) -> list[float] | None:
    if values is not None and len(values) != channels:
        raise InvalidInput(
            f"{name} has {len(values)} values, but the images have {channels} channels; give one value per channel."
        )
    return values
