"""Reads image folders: train/<class>/*.jpg, and val/<class>/… and test/<class>/… if they exist."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median_low

import torch

from cnnpruner.data.images.file_images import FileImages
from cnnpruner.data.images.images import ImageSet, TensorImages
from cnnpruner.data.images.intensity import choose_image_reading
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.images.transform import ImageTransform, build_image_transform
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import (
    find_folder_errors,
    find_folder_notices,
    find_folder_warnings,
    find_subset_errors,
)
from cnnpruner.data.reports.files import inspect_files
from cnnpruner.data.reports.pixel_checks import describe_intensity_scale
from cnnpruner.data.sets.class_folders import (
    FolderListingRules,
    FolderSubset,
    ImageFolder,
    list_images,
    list_subset_images,
)
from cnnpruner.data.sets.file_search import create_file_search
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import LEGACY_IMAGE_READING
from cnnpruner.errors import UnusableData

MAX_DEFAULT_IMAGE_SIZE = 224
IMAGES_PER_BATCH = 256


def load_folder(
    source: DataSource, folder: Path, options: ImageOptions, progress: Progress | None, unseen: Path | None = None
) -> RawData:
    """Load the images of all splits, with the requested size and channels, on one intensity scale.

    Every file is inspected first if no size is requested, if the scale is not known yet, or if
    `options.must_inspect_files` is true. Raises UnusableData, which lists all errors, including errors in the folder
    `unseen`.
    """
    image_folder = list_images(folder, unseen, get_listing_rules(source, options), progress)
    reading, image_size = options.reading, options.image_size
    notices, warnings = tuple[str, ...](), tuple[str, ...]()
    if image_size is None or options.must_inspect_files or reading is None:
        inspection = inspect_files(image_folder, progress)
        raise_data_errors(find_folder_errors(image_folder, inspection))
        reading = reading or choose_image_reading(inspection.value_ranges, source.value_range)
        warnings = tuple(find_folder_warnings(image_folder, inspection, source.value_range is not None))
        scale = describe_intensity_scale(inspection.value_ranges, reading)
        notices = (
            *describe_resizing(source, inspection.sizes, options),
            *scale,
            *find_folder_notices(image_folder, inspection),
        )
        image_size = image_size or choose_image_size(inspection.sizes)
    else:
        raise_data_errors(find_folder_errors(image_folder, None))
    transform = build_image_transform(source, options.channels or 3, image_size, reading)
    raw = _read_splits(image_folder, transform, options, progress)
    return replace(raw, notices=notices, warnings=warnings)


def _read_splits(
    folder: ImageFolder, transform: ImageTransform, options: ImageOptions, progress: Progress | None
) -> RawData:
    pools = read_subsets([folder.train, folder.selection, folder.test], transform, options, progress)
    train, selection, test = pools
    assert train is not None
    origin = f"in the folder {folder.selection.name}" if folder.selection is not None else ""
    return RawData(train, test, folder.classes, (), selection, origin, True, transform.reading)


def get_listing_rules(source: DataSource, options: ImageOptions) -> FolderListingRules:
    """Return the rules for listing the folder: the rules of version 0.1.0 if the experiment is from that version."""
    is_legacy = options.reading is not None and options.reading.version == LEGACY_IMAGE_READING.version
    return FolderListingRules(source.class_level, options.data_folders, is_legacy)


def load_unseen_images(
    folder: Path,
    classes: Sequence[str],
    transform: ImageTransform,
    rules: FolderListingRules,
    options: ImageOptions,
    progress: Progress | None,
) -> ImageSet:
    """Load the images in `folder`, which were not used to train the weights, with the same transform as all other
    images.
    """
    file_search = create_file_search(folder, rules.data_folders, rules.is_legacy)
    subset = list_subset_images(folder, classes, file_search, rules, progress)
    raise_data_errors(find_subset_errors(subset, classes))
    (images,) = read_subsets([subset], transform, options, progress)
    assert images is not None
    return images


def raise_data_errors(errors: Sequence[str]) -> None:
    """Raise UnusableData with all sentences in `errors`, if there are any."""
    if errors:
        raise UnusableData(" ".join(errors), errors=list(errors))


def choose_image_size(sizes: Counter[tuple[int, int]]) -> int:
    """Return the edge to use if none is requested, in pixels: the common edge if all images are squares of one size,
    otherwise the median shorter edge, rounded down to a multiple of 8. The result is at least 8 and at most 224.
    """
    common_size = _common_square_edge(sizes)
    image_size = common_size or median_low(sorted(min(size) for size in sizes.elements())) // 8 * 8
    return max(min(image_size, MAX_DEFAULT_IMAGE_SIZE), 8)


def describe_resizing(source: DataSource, sizes: Counter[tuple[int, int]], options: ImageOptions) -> list[str]:
    """Return a sentence that says how images are resized; no sentence if all images already have the right size."""
    image_size = options.image_size or choose_image_size(sizes)
    transform = build_image_transform(source, options.channels or 3, image_size)
    is_unchanged = _common_square_edge(sizes) == image_size and transform.resized_edge == image_size
    return [] if is_unchanged else [transform.sentence]


def read_subsets(
    subsets: Sequence[FolderSubset | None], transform: ImageTransform, options: ImageOptions, progress: Progress | None
) -> list[ImageSet | None]:
    """Return the images of `subsets`: all in memory, or all streamed from disk if they are too large for memory."""
    pools = [
        None if subset is None else FileImages(subset.paths, torch.from_numpy(subset.labels), transform)
        for subset in subsets
    ]
    if exceeds_memory_limit(sum(len(pool) for pool in pools if pool is not None), transform, options):
        return list(pools)
    return [None if images is None else load_into_memory(images, progress) for images in pools]


def exceeds_memory_limit(images: int, transform: ImageTransform, options: ImageOptions) -> bool:
    """Whether this many transformed images take more memory than the options allow."""
    return images * transform.channels * transform.image_size**2 > options.max_bytes_in_memory


def load_into_memory(images: StreamedImages, progress: Progress | None) -> TensorImages:
    """Decode all images once, into one tensor."""
    labels = images.labels
    pixels = torch.empty((len(labels), *images.shape), dtype=torch.uint8)
    batches = torch.split(torch.arange(len(labels)), IMAGES_PER_BATCH)
    for indices, batch in zip(batches, images.stream(batches, torch.device("cpu")), strict=True):
        pixels[indices[0] : indices[-1] + 1] = batch
        if progress is not None:
            progress((int(indices[-1]) + 1) / len(labels), "reading images")
    return TensorImages(pixels, labels)


def _common_square_edge(sizes: Counter[tuple[int, int]]) -> int | None:
    """Return the common edge length if all images are squares of the same size, otherwise None."""
    first = next(iter(sizes), (0, 1))
    return first[0] if len(sizes) == 1 and first[0] == first[1] else None
