"""Reads some items of a user-defined data set twice, to find out what they contain and whether they change from one
read to the next.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from cnnpruner.data.factory_calls import factory_error, find_getitem_location
from cnnpruner.data.images.intensity import ValueRange, find_value_range
from cnnpruner.data.images.pixels import PixelKind, pixel_kind
from cnnpruner.data.sets.dataset_items import to_pil_image
from cnnpruner.data.sets.dataset_labels import LabelEncoding, UnusableItem, parse_label, unpack_item
from cnnpruner.domain.progress import Progress
from cnnpruner.errors import UnusableData
from cnnpruner.planning.networks.factories import Factory

SAMPLED_ITEM_COUNT = 256
"""Number of items of each data set that are read twice. If one item in a hundred changes between reads, the samples of
two data sets reveal this with a probability of over 99%.
"""
RECHECKED_ITEM_COUNT = 1024
"""If some items change between reads, this many items are read twice to estimate how many change."""


@dataclass(frozen=True)
class UserDataset:
    """One of the data sets that a factory returned."""

    factory: Factory
    dataset: Any
    name: str
    """Name of the split: `train`, `selection` or `test`."""


@dataclass(frozen=True)
class ItemSample:
    """What is known about a sample of a data set's items, taken at even intervals."""

    labels: dict[int, tuple[int, LabelEncoding]]
    """Class of each sampled item, and whether it was given as integer, float or one-hot, by item index."""
    digests: dict[int, bytes]
    """Digest of each sampled item's pixels, by item index; images of a single colour are omitted."""
    sizes: Counter[tuple[int, int]]
    is_grey: bool
    values_per_item: int
    """Largest number of values in any sampled item; values after the image and its class are not used."""
    value_ranges: dict[PixelKind, ValueRange]
    """Lowest and highest pixel value of the sampled images with more than 8 bits, by kind of pixels."""


@dataclass(frozen=True)
class _LoadedItem:
    label: tuple[int, LabelEncoding]
    image: Image.Image
    digest: bytes
    value_count: int


def sample_items(source: UserDataset, is_data_verified: bool, progress: Progress | None) -> ItemSample:
    """Read up to 256 evenly spaced items twice.

    If an earlier load has read them twice (`is_data_verified`), read them only once. Raises UnusableData, with the line
    of the user's code, if an item is not an image with its class, or if reading an item twice gives different results.
    """
    indices = _evenly_spaced_indices(len(source.dataset), SAMPLED_ITEM_COUNT)
    sample = ItemSample({}, {}, Counter(), True, 0, {})
    pixel_modes, value_count, digests = set[str](), 0, dict[int, bytes]()
    for number, index in enumerate(indices):
        item = _read_item(source, index)
        sample.labels[index], digests[index] = item.label, item.digest
        sample.sizes[item.image.size] += 1
        pixel_modes.add(item.image.mode)
        if (kind := pixel_kind(item.image)) != "bytes":
            sample.value_ranges[kind] = find_value_range(np.asarray(item.image)).merge(sample.value_ranges.get(kind))
        value_count = max(value_count, item.value_count)
        if _has_several_colours(item.image):
            sample.digests[index] = item.digest
        if progress is not None and number % 16 == 0:
            progress(number / len(indices), f"reading items of the {source.name} set")
    if not is_data_verified:
        _require_reproducible_items(source, digests, sample.labels)
    is_grey = pixel_modes <= {"L", "1", "I;16"}
    return ItemSample(sample.labels, sample.digests, sample.sizes, is_grey, value_count, sample.value_ranges)


def _evenly_spaced_indices(length: int, count: int) -> list[int]:
    return sorted(set(np.linspace(0, length - 1, min(count, length)).astype(int).tolist()))


def _read_item(source: UserDataset, index: int) -> _LoadedItem:
    try:
        value = source.dataset[index]
        pixels, label = unpack_item(value)
        parsed_label, image = parse_label(label), to_pil_image(pixels)
    except UnusableItem as error:
        raise unusable_item_error(source, error) from error
    except Exception as error:
        failure = f"Factory {source.factory.label} returns a {source.name} set that fails at image {index}"
        location = find_getitem_location(source.dataset)
        raise factory_error(source.factory, failure, error, UnusableData, location) from error
    return _LoadedItem(parsed_label, image, _hash_pixels(image), len(value))


def unusable_item_error(source: UserDataset, error: UnusableItem) -> UnusableData:
    """Return an error that says what the items are, in which file and line they are made, and what they must be
    instead.
    """
    line = find_getitem_location(source.dataset)
    location = f" ({line})" if line else ""
    return UnusableData(
        f"Factory {source.factory.label} returns a {source.name} set whose {error}{location}. Each item must be "
        "a tuple (image, class). The image must be a PIL image, a tensor [C, H, W] or an array [H, W, C]; the class "
        "must be an integer of at least 0. Return such a tuple in __getitem__.",
        factory=source.factory.label,
    )


def _hash_pixels(image: Image.Image) -> bytes:
    pixels = np.ascontiguousarray(np.asarray(image))
    return hashlib.blake2b(f"{image.mode}{pixels.shape}".encode() + pixels.tobytes(), digest_size=16).digest()


def _has_several_colours(image: Image.Image) -> bool:
    pixels = np.asarray(image)
    return bool((pixels != pixels[:1, :1]).any())


def _require_reproducible_items(
    source: UserDataset, digests: dict[int, bytes], labels: dict[int, tuple[int, LabelEncoding]]
) -> None:
    changed_images, changed_labels = _find_changes(source, digests, labels)
    if not changed_images and not changed_labels:
        return
    rechecked_indices = [
        index for index in _evenly_spaced_indices(len(source.dataset), RECHECKED_ITEM_COUNT) if index not in digests
    ]
    rechecked_digests, rechecked_labels = _read_items(source, rechecked_indices)
    rechecked_changes = _find_changes(source, rechecked_digests, rechecked_labels)
    changed_images, changed_labels = changed_images + rechecked_changes[0], changed_labels + rechecked_changes[1]
    count = len(digests) + len(rechecked_digests)
    if changed_labels:
        raise UnusableData(
            f"Factory {source.factory.label} returns different classes when the same image is read again: this "
            f"happened for {len(changed_labels):,} of {count:,} {source.name} images that were read twice, first for "
            f"image {changed_labels[0]}. Give every image one fixed class.",
            factory=source.factory.label,
        )
    raise UnusableData(
        f"Factory {source.factory.label} returns different pixels when the same image is read again: this happened "
        f"for {len(changed_images):,} of {count:,} {source.name} images that were read twice, first for image "
        f"{changed_images[0]}. Remove the random transforms: the experiment augments images during training, with its "
        "own seed.",
        factory=source.factory.label,
    )


def _read_items(
    source: UserDataset, indices: Iterable[int]
) -> tuple[dict[int, bytes], dict[int, tuple[int, LabelEncoding]]]:
    digests, labels = dict[int, bytes](), dict[int, tuple[int, LabelEncoding]]()
    for index in indices:
        item = _read_item(source, index)
        digests[index], labels[index] = item.digest, item.label
    return digests, labels


def _find_changes(
    source: UserDataset, digests: dict[int, bytes], labels: dict[int, tuple[int, LabelEncoding]]
) -> tuple[list[int], list[int]]:
    """Read the items once more. Return the indices of the items whose image has changed, and of the items whose class
    has changed.
    """
    new_digests, new_labels = _read_items(source, digests)
    return (
        [index for index, digest in digests.items() if new_digests[index] != digest],
        [index for index, label in labels.items() if new_labels[index] != label],
    )
