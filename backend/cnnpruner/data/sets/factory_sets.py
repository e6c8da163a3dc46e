"""Data sets from user-defined Python factories. Only workers and the command line call them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.data.factories import find_factory
from cnnpruner.data.factory_calls import CHANNEL_ARGUMENT_NAMES, SIZE_ARGUMENT_NAMES, call_factory, factory_error
from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.intensity import choose_image_reading, merge_value_ranges
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.images.transform import ImageTransform, build_image_transform
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import describe_imbalance
from cnnpruner.data.reports.pixel_checks import describe_intensity_scale
from cnnpruner.data.sets.dataset_items import to_pil_image
from cnnpruner.data.sets.dataset_labels import (
    Labels,
    UnusableItem,
    describe_labels,
    parse_label,
    read_item_labels,
    read_labels,
    unpack_item,
)
from cnnpruner.data.sets.folders import choose_image_size, describe_resizing, exceeds_memory_limit, load_into_memory
from cnnpruner.data.sets.item_sample import ItemSample, UserDataset, sample_items, unusable_item_error
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.data.sets.split_checks import describe_empty_classes, describe_overlaps
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData
from cnnpruner.planning.networks.factories import Factory

SPLIT_NAMES = ("train", "selection", "test")


class LabelMismatch(UnusableData):
    """Raised if the class of an item differs from the class that was read earlier or that the data set lists."""


@dataclass(frozen=True)
class DatasetImages(StreamedImages):
    """A torch data set with items (image, class). It is read by a single thread, because it may not be thread-safe."""

    executor: ClassVar[ThreadPoolExecutor] = ThreadPoolExecutor(1, thread_name_prefix="dataset")
    source: UserDataset
    labels: Tensor
    transform: ImageTransform

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each transformed image."""
        return self.transform.channels, self.transform.image_size, self.transform.image_size

    def read(self, index: int) -> NDArray[np.uint8]:
        """Return the image as uint8 [C, H, W]. Raises UnusableData, which names the image's index and the line that
        failed, and LabelMismatch if the item's class differs from its class in `labels`.
        """
        try:
            image, label = unpack_item(self.source.dataset[index])
            item_label, _ = parse_label(label)
            pixels = self.transform.apply(to_pil_image(image))
        except Exception as error:
            failure = f"Factory {self.source.factory.label} fails at image {index} of its {self.source.name} set"
            raise factory_error(self.source.factory, failure, error, UnusableData) from error
        if item_label != int(self.labels[index]):
            raise LabelMismatch(
                f"Image {index} of the {self.source.name} set of factory {self.source.factory.label} has class "
                f"{item_label}, but class {int(self.labels[index])} in `targets` or when it was read before. Remove "
                "`targets` or correct it, and return the same class on every read."
            )
        return pixels


def load_factory_images(source: DataSource, options: ImageOptions, progress: Progress | None) -> RawData:
    """Load the images that the source's factory returns as (train, selection) or (train, selection, test).

    Raises UnusableData, with the line that failed, if the factory returns anything else, or if reading an item twice
    gives different results.
    """
    assert source.name is not None
    factory = find_factory(source.name)
    data_sets = [
        UserDataset(factory, dataset, name)
        for dataset, name in zip(_create_data_sets(factory, options), SPLIT_NAMES, strict=False)
    ]
    is_data_verified = (
        options.channels is not None and not options.must_inspect_files
    )  # an experiment was made from them
    samples = [sample_items(dataset, is_data_verified, progress) for dataset in data_sets]
    labels = [_read_labels(dataset, sample, progress) for dataset, sample in zip(data_sets, samples, strict=True)]
    sizes = samples[0].sizes
    channels = 1 if samples[0].is_grey else 3
    value_ranges = merge_value_ranges(sample.value_ranges for sample in samples)
    reading = options.reading or choose_image_reading(value_ranges, None)
    image_size = options.image_size or choose_image_size(sizes)
    transform = build_image_transform(source, options.channels or channels, image_size, reading)
    pools, labels = _load_image_pools(data_sets, labels, transform, options, progress)
    classes = _class_names(data_sets[0], [data_set_labels.values for data_set_labels in labels])
    has_class_names = bool(getattr(data_sets[0].dataset, "classes", ()))
    notices = (
        *describe_resizing(source, sizes, options),
        *describe_intensity_scale(value_ranges, reading, is_sampled=True),
        *_describe_items(data_sets, samples, labels),
        *describe_imbalance(classes, np.bincount(labels[0].values, minlength=len(classes)).tolist()),
    )
    warnings = (
        *describe_overlaps(data_sets, pools, samples),
        *describe_empty_classes(classes, has_class_names, [data_set_labels.values for data_set_labels in labels]),
    )
    origin = "that the factory returns for the selection split"
    test = pools[2] if len(pools) > 2 else None
    return RawData(pools[0], test, classes, notices, pools[1], origin, warnings=warnings, reading=reading)


def _load_image_pools(
    data_sets: Sequence[UserDataset],
    labels: list[Labels],
    transform: ImageTransform,
    options: ImageOptions,
    progress: Progress | None,
) -> tuple[list[ImageSet], list[Labels]]:
    """Return the images of each data set, in memory if all of them fit, and the classes of the images.

    If the class of any item differs from its class in `labels`, the items' own classes are used for all items.
    """
    streamed_datasets = [
        DatasetImages(dataset, torch.from_numpy(data_set_labels.values), transform)
        for dataset, data_set_labels in zip(data_sets, labels, strict=True)
    ]
    if exceeds_memory_limit(sum(map(len, streamed_datasets)), transform, options):
        return list(streamed_datasets), labels
    try:
        return [load_into_memory(images, progress) for images in streamed_datasets], labels
    except LabelMismatch:
        item_labels = [
            read_item_labels(dataset.dataset, {}, progress, data_set_labels.values)
            for dataset, data_set_labels in zip(data_sets, labels, strict=True)
        ]
    streamed_datasets = [
        replace(images, labels=torch.from_numpy(data_set_labels.values))
        for images, data_set_labels in zip(streamed_datasets, item_labels, strict=True)
    ]
    return [load_into_memory(images, progress) for images in streamed_datasets], item_labels


def _describe_items(
    data_sets: Sequence[UserDataset], samples: Sequence[ItemSample], labels: Sequence[Labels]
) -> list[str]:
    notices = []
    for dataset, sample, data_set_labels in zip(data_sets, samples, labels, strict=True):
        notices += describe_labels(dataset.name, data_set_labels)
        if sample.values_per_item > 2:
            notices.append(
                f"Items of the {dataset.name} set have {sample.values_per_item} values; only the image and its class "
                "are used."
            )
    return notices


def _create_data_sets(factory: Factory, options: ImageOptions) -> Sequence[Any]:
    arguments = {
        ("seed",): options.seed,
        SIZE_ARGUMENT_NAMES: options.image_size,
        CHANNEL_ARGUMENT_NAMES: options.channels,
    }
    data_sets = call_factory(factory, arguments, UnusableData)
    if not isinstance(data_sets, tuple | list) or len(data_sets) not in (2, 3) or not all(map(_is_dataset, data_sets)):
        raise UnusableData(
            f"Factory {factory.label} does not return data sets; it must return (train, selection) or (train, "
            "selection, test). Each set must be non-empty and have items of the form (image, class)."
        )
    return list(data_sets)


def _is_dataset(value: Any) -> bool:
    return hasattr(value, "__getitem__") and hasattr(value, "__len__") and len(value) > 0


def _read_labels(source: UserDataset, sample: ItemSample, progress: Progress | None) -> Labels:
    try:
        return read_labels(source.dataset, sample.labels, progress)
    except UnusableItem as error:
        raise unusable_item_error(source, error) from error
    except Exception as error:
        failure = f"Factory {source.factory.label} returns a {source.name} set whose classes cannot be read"
        raise factory_error(source.factory, failure, error, UnusableData) from error


def _class_names(train: UserDataset, labels: Sequence[NDArray[np.int64]]) -> tuple[str, ...]:
    """Return the class names: `train.classes` if it exists, otherwise numbers from 0. Raises UnusableData if the names
    do not match the labels.
    """
    lowest_label = min(int(data_set_labels.min()) for data_set_labels in labels)
    highest_label = max(int(data_set_labels.max()) for data_set_labels in labels)
    names = tuple(str(name) for name in getattr(train.dataset, "classes", ()) or ())
    classes = names or tuple(str(number) for number in range(highest_label + 1))
    if lowest_label < 0 or highest_label >= len(classes) or len(classes) < 2:
        labels_seem_one_based = lowest_label == 1 and highest_label == len(names)
        fix = " The labels seem to start at 1: subtract 1 from them." if labels_seem_one_based else ""
        raise UnusableData(
            f"Factory {train.factory.label} returns classes {lowest_label} to {highest_label} and {len(names)} class "
            "names; use at least two classes, numbered from 0, and list either all class names or none in "
            f"`train.classes`.{fix}"
        )
    return classes
