"""The part of a data report that describes the files of an image folder."""

from collections import Counter

import numpy as np

from cnnpruner.data.images.intensity import merge_ranges_of_scaled_images
from cnnpruner.data.reports.checks import (
    MAX_NAMED_FILES,
    describe_colour_modes,
    describe_image_sizes,
    find_folder_notices,
    find_folder_warnings,
)
from cnnpruner.data.reports.files import FileInspection
from cnnpruner.data.reports.listing_checks import describe_splits
from cnnpruner.data.reports.pixel_checks import describe_intensity_scale
from cnnpruner.data.sets.class_folders import FolderSubset, ImageFolder
from cnnpruner.domain.sources.data_reports import (
    ClassCount,
    ClassLevelChoice,
    DataReport,
    IntensityScale,
    NewDataReport,
    PictureMode,
    PictureSize,
    RepeatedImages,
    SplitFolder,
    UnreadablePicture,
    UnreadFileType,
    UnusedImages,
)
from cnnpruner.domain.tree.image_reading import ImageReading

MAX_LISTED_SIZES = 10
EMPTY_PIXEL_FIELDS: dict[str, None] = dict.fromkeys(
    ("image_size", "channels", "mean", "std", "normalization", "streamed")
)


def report_image_folder(
    request: NewDataReport, folder: ImageFolder, inspection: FileInspection, reading: ImageReading, errors: list[str]
) -> DataReport:
    """Return the report on an image folder, without the values that are only known once the images are loaded, such as
    the mean.
    """
    test = folder.test if folder.unseen is None else None
    held_out = (folder.unseen,) if folder.unseen is not None else (folder.selection, folder.test)
    train_counts, held_out_counts, test_counts = (
        _count_images(folder, *subsets) for subsets in ((folder.train,), held_out, (test,))
    )
    is_usable = len(folder.classes) > 1
    warnings = find_folder_warnings(folder, inspection, reading.scales_all_images) if is_usable else []
    warnings += find_folder_notices(folder, inspection) if is_usable else []
    return DataReport(
        data=request.data,
        images=sum(train_counts),
        held_out_images=sum(held_out_counts),
        test_images=sum(test_counts),
        classes=[
            ClassCount(name=name, train=train_counts[label], held_out=held_out_counts[label], test=test_counts[label])
            for label, name in enumerate(folder.classes)
        ],
        sizes=most_frequent_sizes(inspection.sizes),
        different_sizes=len(inspection.sizes),
        modes=[PictureMode(mode=mode, images=count) for mode, count in inspection.pixel_modes.most_common()],
        unreadable=[
            UnreadablePicture(place=path, reason=reason)
            for path, reason in inspection.unreadable_files[:MAX_NAMED_FILES]
        ],
        unreadable_images=len(inspection.unreadable_files),
        duplicates=sum(duplicates.count for duplicates in inspection.duplicates),
        **_build_layout_fields(folder),
        **_build_pixel_fields(inspection, reading),
        **EMPTY_PIXEL_FIELDS,
        errors=errors,
        warnings=warnings,
        sentences=[
            describe_splits(folder),
            *describe_intensity_scale(inspection.value_ranges, reading),
            *_describe_files(inspection),
            *errors,
            *warnings,
        ],
    )


def most_frequent_sizes(sizes: Counter[tuple[int, int]]) -> list[PictureSize]:
    """Return the ten most frequent image sizes, each with its number of images."""
    return [
        PictureSize(width=size[0], height=size[1], images=count) for size, count in sizes.most_common(MAX_LISTED_SIZES)
    ]


def _build_layout_fields(folder: ImageFolder) -> dict[str, object]:
    """Return the fields of the report that describe how the folder is laid out."""
    names = ("train", "selection", "test", "unseen")
    subsets = {name: subset for name in names if (subset := getattr(folder, name)) is not None}
    class_levels, file_search = folder.class_levels, folder.file_search
    counts_outside_classes = {
        subset.name: subset.images_outside_classes for subset in subsets.values() if subset.images_outside_classes
    }
    unused_image_counts = [*folder.unused_folders.items(), *counts_outside_classes.items()]
    return {
        "splits": [
            SplitFolder.model_validate({"folder": subset.name, "split": name, "images": len(subset.labels)})
            for name, subset in subsets.items()
        ],
        "class_levels": None
        if class_levels is None
        else ClassLevelChoice(
            upper=list(class_levels.upper_classes),
            lower=list(class_levels.lower_classes),
            used=folder.rules.class_level or "upper",
            chosen=folder.rules.class_level is not None,
        ),
        "not_read": [
            UnreadFileType(ending=ending, files=count, example=file_search.examples[ending])
            for ending, count in file_search.non_image_file_counts.most_common()
        ],
        "hidden_files": file_search.hidden_files,
        "unused": [UnusedImages(folder=name, images=count) for name, count in unused_image_counts],
    }


def _build_pixel_fields(inspection: FileInspection, reading: ImageReading) -> dict[str, object]:
    """Return the fields of the report that describe pixel values and copies of images."""
    return {
        "intensity": _make_intensity_scale(inspection, reading),
        "constant_images": inspection.constant_images,
        "repeated": [
            RepeatedImages(
                folders=duplicates.subsets,
                images=duplicates.count,
                differ_in_class=duplicates.differ_in_class,
                examples=list(duplicates.examples),
            )
            for duplicates in inspection.duplicates
        ],
    }


def _make_intensity_scale(inspection: FileInspection, reading: ImageReading) -> IntensityScale | None:
    value_range = merge_ranges_of_scaled_images(inspection.value_ranges, reading.scales_all_images)
    if value_range is None or reading.low is None or reading.high is None:
        return None
    return IntensityScale(
        black=reading.low,
        white=reading.high,
        origin="given" if reading.scales_all_images else "determined",
        images=value_range.images,
        lowest=value_range.low,
        highest=value_range.high,
    )


def _count_images(folder: ImageFolder, *subsets: FolderSubset | None) -> list[int]:
    counts = np.zeros(len(folder.classes), dtype=np.int64)
    for subset in subsets:
        counts += 0 if subset is None else subset.counts(len(folder.classes))
    return [int(count) for count in counts]


def _describe_files(inspection: FileInspection) -> list[str]:
    method = (
        "Every file was decoded."
        if inspection.is_fully_decoded
        else (
            "The start and end of every file were read. Files without an end marker, and a sample of the other "
            "files, were decoded completely."
        )
    )
    sizes = [describe_image_sizes(inspection.sizes)] if inspection.sizes else []
    return [*sizes, *describe_colour_modes(inspection.pixel_modes), method]
