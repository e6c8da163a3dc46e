"""Data sets from user-defined Python factories. Only workers and the command line call them."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnpruner.data.factories import find_factory
from cnnpruner.data.factory_calls import CHANNEL_ARGUMENTS, SIZE_ARGUMENTS, call_factory, factory_error
from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.images.transform import ImageTransform, declared_transform
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import describe_imbalance
from cnnpruner.data.sets.dataset_items import read_labels, to_pil_image
from cnnpruner.data.sets.folders import choose_edge, exceeds_memory_limit, load_into_memory, resize_notices
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData
from cnnpruner.planning.networks.factories import Factory

SPLIT_NAMES = ("train", "selection", "test")
PROBED_IMAGES = 64
"""Number of train images that are read to determine the image size and the number of channels."""


@dataclass(frozen=True)
class DatasetImages(StreamedImages):
    """A torch data set with items (image, class); read in a single thread, since it may not be thread-safe."""

    executor: ClassVar[ThreadPoolExecutor] = ThreadPoolExecutor(1, thread_name_prefix="dataset")
    dataset: Any
    labels: Tensor
    transform: ImageTransform
    factory: Factory
    name: str
    """Name of the split: `train`, `selection` or `test`."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of each transformed image."""
        return self.transform.channels, self.transform.edge, self.transform.edge

    def read(self, index: int) -> NDArray[np.uint8]:
        """Return the image as uint8 [C, H, W]. Raises UnusableData, which names the image's index and the line that
        failed.
        """
        try:
            return self.transform.apply(to_pil_image(self.dataset[index][0]))
        except Exception as error:
            failure = f"fails at image {index} of its {self.name} set"
            raise factory_error(self.factory, failure, error, UnusableData) from error


def load_factory(source: DataSource, options: ImageOptions, progress: Progress | None) -> RawData:
    """Load the images that the factory returns: (train, selection) or (train, selection, test).

    Raises UnusableData, with the line that failed, if these are not data sets of (image, class).
    """
    assert source.name is not None
    factory = find_factory(source.name)
    data_sets = _create_data_sets(factory, options)
    labels = [
        _read_labels(factory, dataset, name, progress) for dataset, name in zip(data_sets, SPLIT_NAMES, strict=False)
    ]
    classes = _class_names(factory, data_sets[0], labels)
    sizes, channels = _probe_images(factory, data_sets[0])
    edge = options.image_size or choose_edge(sizes)
    transform = declared_transform(source, options.channels or channels, edge)
    streamed_sets = [
        DatasetImages(dataset, torch.from_numpy(set_labels), transform, factory, name)
        for dataset, set_labels, name in zip(data_sets, labels, SPLIT_NAMES, strict=False)
    ]
    _require_constant_images(streamed_sets[0])
    stays_on_disk = exceeds_memory_limit(sum(map(len, streamed_sets)), transform, options)
    pools: list[ImageSet] = [
        images if stays_on_disk else load_into_memory(images, progress) for images in streamed_sets
    ]
    notices = (
        *resize_notices(source, sizes, options),
        *describe_imbalance(classes, np.bincount(labels[0], minlength=len(classes)).tolist()),
    )
    origin = "that the factory returns besides the training images"
    return RawData(pools[0], pools[2] if len(pools) > 2 else None, classes, notices, pools[1], origin)


def _create_data_sets(factory: Factory, options: ImageOptions) -> Sequence[Any]:
    arguments = {("seed",): options.seed, SIZE_ARGUMENTS: options.image_size, CHANNEL_ARGUMENTS: options.channels}
    data_sets = call_factory(factory, arguments, UnusableData)
    if not isinstance(data_sets, tuple | list) or len(data_sets) not in (2, 3) or not all(map(_is_dataset, data_sets)):
        raise UnusableData(
            f"Factory {factory.label} does not return data sets; it must return (train, selection) or (train, "
            "selection, test), each with a length above 0 and items (image, class)."
        )
    return list(data_sets)


def _is_dataset(value: Any) -> bool:
    return hasattr(value, "__getitem__") and hasattr(value, "__len__") and len(value) > 0


def _read_labels(factory: Factory, dataset: Any, name: str, progress: Progress | None) -> NDArray[np.int64]:
    try:
        return read_labels(dataset, progress)
    except UnusableData:
        raise
    except Exception as error:
        failure = f"returns a {name} set whose classes cannot be read"
        raise factory_error(factory, failure, error, UnusableData) from error


def _class_names(factory: Factory, train: Any, labels: Sequence[NDArray[np.int64]]) -> tuple[str, ...]:
    """Return `train.classes` if it exists, else numbers as class names."""
    lowest_label = min(int(set_labels.min()) for set_labels in labels)
    highest_label = max(int(set_labels.max()) for set_labels in labels)
    names = tuple(str(name) for name in getattr(train, "classes", ()) or ())
    classes = names or tuple(str(number) for number in range(highest_label + 1))
    if lowest_label < 0 or highest_label >= len(classes) or len(classes) < 2:
        raise UnusableData(
            f"Factory {factory.label} returns classes {lowest_label} to {highest_label} and {len(names)} class names; "
            "use at least two classes, numbered from 0, and list the names of all of them or none in `train.classes`."
        )
    return classes


def _probe_images(factory: Factory, train: Any) -> tuple[Counter[tuple[int, int]], int]:
    """Return the sizes of some images, and 1 channel if all of them are grey, else 3."""
    indices = np.linspace(0, len(train) - 1, min(PROBED_IMAGES, len(train))).astype(int).tolist()
    try:
        images = [to_pil_image(train[index][0]) for index in indices]
    except Exception as error:
        raise factory_error(factory, "returns train images that cannot be read", error, UnusableData) from error
    is_grey = all(image.mode in ("L", "1", "I;16") for image in images)
    return Counter(image.size for image in images), 1 if is_grey else 3


def _require_constant_images(images: DatasetImages) -> None:
    if not np.array_equal(images.read(0), images.read(0)):
        raise UnusableData(
            f"Factory {images.factory.label} returns different pixels each time it reads the same image; remove the "
            "random transforms: the experiment augments images during training, with its own seed."
        )
