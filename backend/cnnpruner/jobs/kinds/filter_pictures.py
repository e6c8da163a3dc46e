"""Job `pictures`: what in one selection image makes a block of a layer's filters respond, kept on disk."""

from dataclasses import dataclass
from pathlib import Path

import torch

from cnnpruner.atomic import write_atomically
from cnnpruner.domain.samples.pictures import FilterBlock, FilterPicture
from cnnpruner.engine.pictures.pictures import draw_signed, guided_gradients
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

KEPT_BYTES = 64 * 2**20
"""Blocks kept per node; those not looked at for longest go first."""


@dataclass(frozen=True)
class PictureInputs:
    """A node, one of its selection images, and positions `start` to `stop` of a layer's filters."""

    setup: ExperimentSetup
    node: ReadyNode
    sample: int
    layer: int
    start: int
    stop: int
    path: Path
    """Where the block goes."""


def run(inputs: PictureInputs, context: Context, cache: WorkerCache) -> None:
    """The block is on disk when this returns. Raises StorageFailed."""
    if inputs.path.exists():
        return
    images = cache.images(inputs.setup, part(context, 0.0, 0.5))
    pool, selection = images.selection
    pixels = pool.batch(torch.as_tensor(selection[inputs.sample : inputs.sample + 1]), cache.device)
    numbers = inputs.node.layers.layers[inputs.layer].numbers[inputs.start : inputs.stop]
    positions = range(inputs.start, inputs.start + len(numbers))
    network = cache.network(inputs.setup, inputs.node)
    found = guided_gradients(network, inputs.node.layers, inputs.layer, images.normalize(pixels)[0], positions)
    context.check()
    items: list[FilterPicture] = []
    for number, gradient, activation in zip(numbers, found.gradients, found.activations, strict=True):
        picture, histogram = draw_signed(gradient)
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
    make_room(inputs.path.parent, KEPT_BYTES)


def make_room(folder: Path, kept_bytes: int) -> None:
    """Remove the blocks used longest ago until the rest takes at most `kept_bytes`."""
    blocks = [(path.stat(), path) for path in folder.glob("sample-*.json")]
    size = sum(stat.st_size for stat, _ in blocks)
    for stat, path in sorted(blocks, key=lambda block: block[0].st_mtime_ns):
        if size <= kept_bytes:
            return
        path.unlink(missing_ok=True)
        size -= stat.st_size
