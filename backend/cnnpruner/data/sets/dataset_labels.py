"""Reads the labels of user-defined data sets in any common form. If an item and the data set's list of labels disagree,
the label in the item is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.domain.progress import Progress

PROGRESS_INTERVAL = 500
LabelEncoding = Literal["integer", "float", "one-hot"]


class UnusableItem(ValueError):
    """Raised if an item is not an image with its class; the message says what it is instead."""


@dataclass(frozen=True)
class Labels:
    """The class of each item of a data set [N], and how the items encode it: as integer, float or one-hot."""

    values: NDArray[np.int64]
    label_encodings: frozenset[LabelEncoding]
    mismatch_count: int = 0
    """Number of compared items whose class differs from the class listed in the data set's `targets` or `labels`."""


def unpack_item(item: Any) -> tuple[Any, Any]:
    """Return the image and the class of an item. Raises UnusableItem if the item is not a tuple or list of at least two
    values.
    """
    if isinstance(item, tuple | list) and len(item) >= 2:
        return item[0], item[1]
    if isinstance(item, dict):
        keys = ", ".join(map(repr, item))
        raise UnusableItem(f"items are dictionaries with the keys {keys}")
    if isinstance(item, tuple | list):
        raise UnusableItem(f"items are {type(item).__name__}s of length {len(item)}")
    raise UnusableItem(f"items are objects of type {type(item).__name__}")


def parse_label(value: Any) -> tuple[int, LabelEncoding]:
    """Return a class as an integer, and how it was encoded (integer, float or one-hot). Raises UnusableItem if the
    value is not a class.
    """
    label = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
    if label.dtype == object or label.dtype.kind not in "biuf":
        raise UnusableItem(f"classes are not numbers, for example {value!r}")
    if label.size == 1:
        return _parse_number(label.reshape(-1)[0])
    if label.ndim == 1 and np.count_nonzero(label) == 1 and label.max() == 1:
        return int(label.argmax()), "one-hot"
    shape = "×".join(map(str, label.shape))
    raise UnusableItem(f"classes are arrays of {shape} numbers but not one-hot vectors")


def _parse_number(number: Any) -> tuple[int, LabelEncoding]:
    if not np.issubdtype(type(number), np.floating):
        return int(number), "integer"
    if not np.isfinite(number) or number != np.rint(number):
        raise UnusableItem(f"classes are not whole numbers, for example {float(number):.6g}")
    return int(number), "float"


def read_labels(
    dataset: Any, sampled_labels: dict[int, tuple[int, LabelEncoding]], progress: Progress | None
) -> Labels:
    """Return the classes of all items.

    The data set's `targets` or `labels` are used only if they agree with all of `sampled_labels` (a dict from item
    index to class); otherwise, every item is read.
    """
    label_encodings = frozenset(label_encoding for _, label_encoding in sampled_labels.values())
    declared_labels = _get_declared_labels(dataset)
    if declared_labels is None:
        return read_item_labels(dataset, sampled_labels, progress)
    mismatch_count = sum(declared_labels[index] != label for index, (label, _) in sampled_labels.items())
    if mismatch_count:
        return read_item_labels(dataset, sampled_labels, progress, declared_labels)
    return Labels(declared_labels, label_encodings)


def read_item_labels(
    dataset: Any,
    known_labels: dict[int, tuple[int, LabelEncoding]],
    progress: Progress | None,
    declared_labels: NDArray[np.int64] | None = None,
) -> Labels:
    """Return the classes of all items. Only items that are not in `known_labels` are read.

    Also counts the items whose class differs from the class in `declared_labels`.
    """
    count = len(dataset)
    labels, label_encodings = np.empty(count, dtype=np.int64), set[LabelEncoding]()
    for index in range(count):
        labels[index], label_encoding = known_labels.get(index) or parse_label(unpack_item(dataset[index])[1])
        label_encodings.add(label_encoding)
        if progress is not None and index % PROGRESS_INTERVAL == 0:
            progress(index / count, f"reading the classes of {count:,} images")
    mismatch_count = 0 if declared_labels is None else int((labels != declared_labels).sum())
    return Labels(labels, frozenset(label_encodings), mismatch_count)


def _get_declared_labels(dataset: Any) -> NDArray[np.int64] | None:
    """Return the labels that the data set lists in `targets` or `labels`. Returns None if it has no such list, or if
    the list does not have one class per item.
    """
    for name in ("targets", "labels"):
        values = getattr(dataset, name, None)
        if isinstance(values, Sequence | np.ndarray | Tensor) and len(values) == len(dataset):
            return _parse_labels(values)
    return None


def _parse_labels(values: Any) -> NDArray[np.int64] | None:
    try:
        numbers = np.asarray(values)
        if numbers.ndim == 1 and np.issubdtype(numbers.dtype, np.integer):
            return numbers.astype(np.int64)
        return np.array([parse_label(value)[0] for value in values], dtype=np.int64)
    except (UnusableItem, ValueError, TypeError):  # rows of different lengths, or labels of another kind
        return None


def describe_labels(name: str, labels: Labels) -> list[str]:
    """Return sentences on labels that had to be converted to integers, or that contradict `targets` or `labels`."""
    sentences = []
    if labels.mismatch_count:
        sentences.append(
            f"In {labels.mismatch_count:,} of {len(labels.values):,} items of the {name} set, the class differs from "
            "the one in the data set's `targets` or `labels`; the class in the item is used."
        )
    sentences += [
        f"The classes of the {name} set are {_LABEL_ENCODING_NAMES[label_encoding]}; they are converted to integers."
        for label_encoding in sorted(labels.label_encodings)
        if label_encoding != "integer"
    ]
    return sentences


_LABEL_ENCODING_NAMES = {"float": "floating-point numbers", "one-hot": "one-hot vectors"}
