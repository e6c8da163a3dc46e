"""Image folders: train/<class>/*.jpg, and val/<class>/… where there is one."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median_low

import torch

from cnnpruner.data.images.file_images import FileImages
from cnnpruner.data.images.images import ImageSet, TensorImages
from cnnpruner.data.images.resize import Framing, framing_of
from cnnpruner.data.images.streamed import StreamedImages
from cnnpruner.data.options import ImageOptions
from cnnpruner.data.reports.checks import errors_beside, find_errors, find_warnings
from cnnpruner.data.reports.files import examine
from cnnpruner.data.sets.class_folders import Part, list_part, list_pictures
from cnnpruner.data.sets.raw_data import RawData
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.errors import UnusableData

LARGEST_DEFAULT = 224
BATCH = 256


def load_folder(
    source: DataSource, folder: Path, options: ImageOptions, progress: Progress | None, unseen: Path | None = None
) -> RawData:
    """The pictures of train and val, in the size and channels asked for.

    Where the size is not given or `options.examine`, every file is looked at first. Raises UnusableData that names all
    errors, those of the pictures in `unseen` too.
    """
    found = list_pictures(folder, unseen, progress)
    notices: tuple[str, ...] = ()
    edge = options.image_size
    if edge is None or options.examine:
        examined = examine(found, progress)
        refuse(find_errors(found, examined))
        notices = (*framing_notices(source, examined.sizes, options), *find_warnings(found, examined))
        edge = edge or choose_edge(examined.sizes)
    else:
        refuse(find_errors(found, None))
    framing = framing_of(source, options.channels or 3, edge)
    parts = [part for part in (found.train, found.val) if part is not None]
    pools = read_parts(parts, framing, options, progress)
    return RawData(pools[0], pools[1] if len(pools) > 1 else None, found.classes, notices)


def load_unseen(
    folder: Path, classes: Sequence[str], framing: Framing, options: ImageOptions, progress: Progress | None
) -> ImageSet:
    """The pictures that a person named as unseen by the weights, in the form of all others."""
    part = list_part(folder, classes, progress)
    refuse(errors_beside(part))
    return read_parts([part], framing, options, progress)[0]


def refuse(errors: Sequence[str]) -> None:
    """Raise UnusableData with these sentences where there are any."""
    if errors:
        raise UnusableData(" ".join(errors), errors=list(errors))


def choose_edge(sizes: Counter[tuple[int, int]]) -> int:
    """Edge in pixels: as all pictures have it, else the median shorter edge, at most 224, in eights."""
    square = _square(sizes)
    edge = square or median_low(sorted(min(size) for size in sizes.elements())) // 8 * 8
    return max(min(edge, LARGEST_DEFAULT), 8)


def framing_notices(source: DataSource, sizes: Counter[tuple[int, int]], options: ImageOptions) -> list[str]:
    """What is done to the pictures, where something is."""
    edge = options.image_size or choose_edge(sizes)
    framing = framing_of(source, options.channels or 3, edge)
    return [] if _square(sizes) == edge and framing.resized_edge == edge else [framing.sentence]


def read_parts(
    parts: Sequence[Part], framing: Framing, options: ImageOptions, progress: Progress | None
) -> list[ImageSet]:
    """The pictures of `parts`: all in memory, or where they are too many for that, all on disk."""
    lazy = [FileImages(part.paths, torch.from_numpy(part.labels), framing) for part in parts]
    if is_streamed(sum(map(len, lazy)), framing, options):
        return list(lazy)
    return [hold(images, progress) for images in lazy]


def is_streamed(images: int, framing: Framing, options: ImageOptions) -> bool:
    """Whether so many images are more than is held in memory."""
    return images * framing.channels * framing.edge**2 > options.max_bytes_in_memory


def hold(images: StreamedImages, progress: Progress | None) -> TensorImages:
    """The same images, decoded once into one tensor."""
    labels = images.labels
    pixels = torch.empty((len(labels), *images.shape), dtype=torch.uint8)
    batches = torch.split(torch.arange(len(labels)), BATCH)
    for indices, batch in zip(batches, images.stream(batches, torch.device("cpu")), strict=True):
        pixels[indices[0] : indices[-1] + 1] = batch
        if progress is not None:
            progress((int(indices[-1]) + 1) / len(labels), "reading pictures")
    return TensorImages(pixels, labels)


def _square(sizes: Counter[tuple[int, int]]) -> int | None:
    """The edge that all pictures have, where they are squares of one size."""
    first = next(iter(sizes), (0, 1))
    return first[0] if len(sizes) == 1 and first[0] == first[1] else None
