"""Data sets from a person's own Python factory. Only workers and the command line come here."""

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
from cnnpruner.data.factory_calls import CHANNELS, SIZES, call_factory, failed
from cnnpruner.data.images.images import ImageSet
from cnnpruner.data.images.resize import Framing, framing_of
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import imbalance
from cnnpruner.data.sets.folders import choose_edge, framing_notices, hold, is_streamed
from cnnpruner.data.sets.items import as_picture, read_labels
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData
from cnnpruner.planning.networks.factories import Factory

NAMES = ("train", "selection", "test")
LOOKED_AT = 64
"""Images of train that tell sizes and channels."""


@dataclass(frozen=True)
class DatasetImages(StreamedImages):
    """A torch data set whose items are (image, class); read in one thread, since it may not bear several."""

    readers: ClassVar[ThreadPoolExecutor] = ThreadPoolExecutor(1, thread_name_prefix="dataset")
    dataset: Any
    labels: Tensor
    framing: Framing
    factory: Factory
    name: str
    """`train`, `selection` or `test`."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each image."""
        return self.framing.channels, self.framing.edge, self.framing.edge

    def read(self, index: int) -> NDArray[np.uint8]:
        """The image as uint8 [C, H, W]; UnusableData names its number and the line that failed."""
        try:
            return self.framing.frame(as_picture(self.dataset[index][0]))
        except Exception as error:
            what = f"fails at image {index} of its {self.name} set"
            raise failed(self.factory, what, error, UnusableData) from error


def load_factory(source: DataSource, options: ImageOptions, progress: Progress | None) -> RawData:
    """The images that the factory gives: (train, selection) or (train, selection, test).

    Raises UnusableData, with the line that failed, for what is no data set of (image, class).
    """
    assert source.name is not None
    factory = find_factory(source.name)
    sets = _call(factory, options)
    labels = [_labels(factory, one, name, progress) for one, name in zip(sets, NAMES, strict=False)]
    classes = _classes(factory, sets[0], labels)
    sizes, channels = _look(factory, sets[0])
    edge = options.image_size or choose_edge(sizes)
    framing = framing_of(source, options.channels or channels, edge)
    lazy = [
        DatasetImages(one, torch.from_numpy(mine), framing, factory, name)
        for one, mine, name in zip(sets, labels, NAMES, strict=False)
    ]
    _refuse_random(lazy[0])
    streams = is_streamed(sum(map(len, lazy)), framing, options)
    pools: list[ImageSet] = [one if streams else hold(one, progress) for one in lazy]
    notices = (
        *framing_notices(source, sizes, options),
        *imbalance(classes, np.bincount(labels[0], minlength=len(classes)).tolist()),
    )
    return RawData(pools[0], pools[2] if len(pools) > 2 else None, classes, notices, pools[1])


def _call(factory: Factory, options: ImageOptions) -> Sequence[Any]:
    known = {("seed",): options.seed, SIZES: options.image_size, CHANNELS: options.channels}
    sets = call_factory(factory, known, UnusableData)
    if not isinstance(sets, tuple | list) or len(sets) not in (2, 3) or not all(map(_is_set, sets)):
        raise UnusableData(
            f"Factory {factory.label} gives no data sets; it must return (train, selection) or (train, selection, "
            "test), each with a length above 0 and items (image, class)."
        )
    return list(sets)


def _is_set(given: Any) -> bool:
    return hasattr(given, "__getitem__") and hasattr(given, "__len__") and len(given) > 0


def _labels(factory: Factory, dataset: Any, name: str, progress: Progress | None) -> NDArray[np.int64]:
    try:
        return read_labels(dataset, progress)
    except UnusableData:
        raise
    except Exception as error:
        raise failed(factory, f"has a {name} set whose classes cannot be read", error, UnusableData) from error


def _classes(factory: Factory, train: Any, labels: Sequence[NDArray[np.int64]]) -> tuple[str, ...]:
    """As `train.classes` names them, else numbers."""
    least, most = min(int(one.min()) for one in labels), max(int(one.max()) for one in labels)
    named = tuple(str(name) for name in getattr(train, "classes", ()) or ())
    classes = named or tuple(str(number) for number in range(most + 1))
    if least < 0 or most >= len(classes) or len(classes) < 2:
        raise UnusableData(
            f"Factory {factory.label} gives classes {least} to {most} and {len(named)} names; classes are numbers from "
            "0, at least two, and `classes` of the train set names them all where it is there."
        )
    return classes


def _look(factory: Factory, train: Any) -> tuple[Counter[tuple[int, int]], int]:
    """Sizes of some images, and 1 channel where all of them are grey, else 3."""
    chosen = np.linspace(0, len(train) - 1, min(LOOKED_AT, len(train))).astype(int).tolist()
    try:
        pictures = [as_picture(train[index][0]) for index in chosen]
    except Exception as error:
        raise failed(factory, "gives train images that cannot be read", error, UnusableData) from error
    return Counter(one.size for one in pictures), 1 if all(one.mode in ("L", "1", "I;16") for one in pictures) else 3


def _refuse_random(images: DatasetImages) -> None:
    if not np.array_equal(images.read(0), images.read(0)):
        raise UnusableData(
            f"Factory {images.factory.label} gives another image each time that it is asked for the same; leave random "
            "transforms out of it: the experiment's training varies images by its own seed."
        )
