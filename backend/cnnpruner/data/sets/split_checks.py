"""Warnings on user-defined splits: images that two splits share, classes without images, labels that do not start at
0.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnpruner.data.images.images import ImageSet, TensorImages
from cnnpruner.data.sets.item_sample import ItemSample, UserDataset

MAX_NAMED_CLASSES = 5
SPLIT_TITLES = {"train": "training", "selection": "selection", "test": "test"}


def describe_overlaps(
    sources: Sequence[UserDataset], pools: Sequence[ImageSet], samples: Sequence[ItemSample]
) -> list[str]:
    """Return a warning for each pair of splits that share images.

    Two images count as shared if they are the same item of a common data set or the same file, or if they have the same
    pixels. Pixels are compared for all images that are in memory; for data on disk, only for sampled images.
    """
    sentences = []
    for first, second in combinations(range(len(sources)), 2):
        shared_images = _count_shared_items(sources[first].dataset, sources[second].dataset)
        count, sample_text = len(sources[second].dataset), ""
        if not shared_images:
            shared_images = _count_equal_items(_iterate_pixel_bytes(pools[first]), _iterate_pixel_bytes(pools[second]))
        if not shared_images:
            keys = samples[first].digests.values(), samples[second].digests.values()
            shared_images, count, sample_text = (
                _count_equal_items(*keys),
                len(samples[second].labels),
                " that were compared",
            )
        if shared_images:
            first_split, second_split = SPLIT_TITLES[sources[first].name], SPLIT_TITLES[sources[second].name]
            sentences.append(
                f"{shared_images:,} of {count:,} {second_split} images{sample_text} are also {first_split} images, so "
                f"{second_split} accuracy says little about new images. Remove the shared images from one "
                "of the two sets."
            )
    return sentences


def describe_empty_classes(
    classes: Sequence[str], has_class_names: bool, labels: Sequence[NDArray[np.int64]]
) -> list[str]:
    """Return warnings on classes without training images, and on labels that do not start at 0. `labels`: the labels of
    the train, selection and test set.
    """
    counts = np.bincount(labels[0], minlength=len(classes))
    empty_classes = np.flatnonzero(counts == 0)
    if not len(empty_classes):
        return []
    lowest_label = min(int(split_labels.min()) for split_labels in labels)
    if not has_class_names and lowest_label >= 1:
        missing_text = "class 0" if lowest_label == 1 else f"the classes 0 to {lowest_label - 1}"
        sentences = [
            f"No image has {missing_text}: the labels run from {lowest_label} to {len(classes) - 1}. They seem to "
            f"start at {lowest_label}, so the network would have outputs for classes without images; subtract "
            f"{lowest_label} from the labels."
        ]
        empty_classes = empty_classes[empty_classes >= lowest_label]
    else:
        sentences = []
    evaluation_labels = np.concatenate([*labels[1:], np.zeros(0, dtype=np.int64)])
    unlearnable_image_count = np.isin(evaluation_labels, empty_classes).sum()
    if len(empty_classes):
        names = ", ".join(classes[label] for label in empty_classes[:MAX_NAMED_CLASSES]) + (
            ", …" if len(empty_classes) > MAX_NAMED_CLASSES else ""
        )
        consequence = (
            f"{unlearnable_image_count:,} selection or test images belong to such a class and can never be classified "
            "correctly"
            if unlearnable_image_count
            else "the network would have outputs for classes that it cannot learn"
        )
        noun = "class" if len(empty_classes) == 1 else "classes"
        sentences.append(
            f"There are no training images of {len(empty_classes):,} {noun} ({names}): {consequence}. Number the "
            "classes from 0 without gaps, or add images."
        )
    return sentences


def _count_shared_items(first: Any, second: Any) -> int:
    """Count the items of `second` that are also in `first`, because the two data sets are subsets of one data set or
    read the same files.
    """
    first_dataset, first_indices = _unwrap_subsets(first)
    second_dataset, second_indices = _unwrap_subsets(second)
    if first_dataset is second_dataset:
        return int(np.isin(second_indices, first_indices).sum())
    first_files, second_files = _get_torchvision_paths(first_dataset), _get_torchvision_paths(second_dataset)
    if first_files is None or second_files is None:
        return 0
    return _count_equal_items(
        (first_files[index] for index in first_indices), (second_files[index] for index in second_indices)
    )


def _unwrap_subsets(dataset: Any) -> tuple[Any, NDArray[np.int64]]:
    """If `dataset` is a subset (or a subset of a subset), return the full data set and the indices of the subset's
    items in it. Otherwise, return `dataset` and all its indices.
    """
    indices = np.arange(len(dataset))
    while hasattr(dataset, "dataset") and hasattr(dataset, "indices"):
        subset_indices = np.asarray(dataset.indices)
        if subset_indices.ndim != 1 or len(subset_indices) <= int(indices.max(initial=0)):
            break
        indices, dataset = subset_indices[indices].astype(np.int64), dataset.dataset
    return dataset, indices


def _get_torchvision_paths(dataset: Any) -> list[str] | None:
    """Return the path of each item in a torchvision image folder, or None for other data sets."""
    samples = getattr(dataset, "samples", None)
    if not isinstance(samples, list) or len(samples) != len(dataset):
        return None
    have_all_paths = all(isinstance(sample, tuple) and sample and isinstance(sample[0], str) for sample in samples)
    return [sample[0] for sample in samples] if have_all_paths else None


def _iterate_pixel_bytes(images: ImageSet) -> Iterable[bytes]:
    """Yield the pixels of each image, as bytes, except for single-colour images. Yields nothing if the images are on
    disk.
    """
    if not isinstance(images, TensorImages):
        return
    pixels = images.pixels.numpy()
    has_one_colour = (pixels.reshape(*pixels.shape[:2], -1).min(2) == pixels.reshape(*pixels.shape[:2], -1).max(2)).all(
        1
    )
    yield from (pixels[index].tobytes() for index in np.flatnonzero(~has_one_colour))


def _count_equal_items(first: Iterable[Any], second: Iterable[Any]) -> int:
    """Count the elements of `second` that are also in `first`."""
    first_hashes = {hash(key) for key in first}
    return sum(hash(key) in first_hashes for key in second)
