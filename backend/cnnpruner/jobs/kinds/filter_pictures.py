"""Job `pictures`: for a block of filters, draws which parts of a selection image each filter responds to. Pictures are
cached on disk.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.samples.pictures import FilterBlock, FilterPicture
from cnnpruner.engine.pictures.pictures import draw_gradient, guided_gradients
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

MAX_CACHED_BYTES = 64 * 2**20
"""Limit for the total size of the blocks of pictures cached per node. The least recently used blocks are removed first.
"""


@dataclass(frozen=True)
class PictureInputs:
    """A node, one of its selection images, and a block of a layer's filters: the positions from `start` up to, but not
    including, `stop`.
    """

    setup: ExperimentSetup
    node: ReadyNode
    sample: int
    layer: int
    start: int
    stop: int
    path: Path
    """Output file for the block of pictures."""


def run(inputs: PictureInputs, context: Context, cache: WorkerCache) -> None:
    """Write the block of pictures unless it already exists. Raises StorageFailed."""
    if inputs.path.exists():
        return
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.5))
    pool, selection = images.selection
    pixels = pool.batch(torch.as_tensor(selection[inputs.sample : inputs.sample + 1]), cache.device)
    numbers = inputs.node.layers.layers[inputs.layer].numbers[inputs.start : inputs.stop]
    positions = range(inputs.start, inputs.start + len(numbers))
    network = cache.network(inputs.setup, inputs.node)
    gradients_and_activations = guided_gradients(
        network, inputs.node.layers, inputs.layer, images.normalize(pixels)[0], positions
    )
    context.raise_if_cancelled()
    items: list[FilterPicture] = []
    for number, gradient, activation in zip(
        numbers, gradients_and_activations.gradients, gradients_and_activations.activations, strict=True
    ):
        picture, histogram = draw_gradient(gradient)
        items.append(
            FilterPicture(
                number=number,
                activation=float(activation),
                low=float(gradient.min()),
                high=float(gradient.max()),
                histogram=histogram,
                picture=picture,
            )
        )
    text = FilterBlock(items=items).model_dump_json()
    write_atomically(inputs.path, lambda path: path.write_text(text))
    remove_oldest_picture_blocks(inputs.path.parent, MAX_CACHED_BYTES)


def remove_oldest_picture_blocks(folder: Path, max_bytes: int) -> None:
    """Remove the least recently used blocks of pictures in `folder` until the remaining blocks take at most
    `max_bytes`.
    """
    blocks = [(path.stat(), path) for path in folder.glob("sample-*.json")]
    size = sum(file_stat.st_size for file_stat, _ in blocks)
    for file_stat, path in sorted(blocks, key=lambda block: block[0].st_mtime_ns):
        if size <= max_bytes:
            return
        path.unlink(missing_ok=True)
        size -= file_stat.st_size
