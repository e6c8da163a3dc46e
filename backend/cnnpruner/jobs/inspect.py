"""Job `inspect`: a look at data, network and weights before an experiment is made of them."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from cnnpruner.domain.experiments import NewExperiment
from cnnpruner.domain.layers import Layers
from cnnpruner.domain.results import Inspection, SplitIndices
from cnnpruner.engine.data import ImageOptions
from cnnpruner.engine.data.listing import resolve
from cnnpruner.engine.data.splits import make_splits
from cnnpruner.engine.networks.building import build_network
from cnnpruner.engine.networks.catalogue import find_network
from cnnpruner.engine.probe import freeze_uncuttable
from cnnpruner.engine.trace import trace_layers
from cnnpruner.engine.weights import load_weights, read_checkpoint
from cnnpruner.errors import InvalidInput, UnusableData
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import Pools
from cnnpruner.jobs.normalization import Normalization, fitting_normalization
from cnnpruner.jobs.warm import Warm

LEAST_TRAIN = 2
"""Batch norm cannot be trained on one image."""


@dataclass(frozen=True)
class InspectInputs:
    """What somebody wants an experiment of."""

    new: NewExperiment
    folders: tuple[Path, ...]


def run(inputs: InspectInputs, context: Context, warm: Warm) -> Inspection:
    """Everything that an experiment needs and only a worker can find; makes nothing.

    Raises UnusableData, UnusableNetwork, UnreadableWeights, InvalidInput for what could not run later.
    """
    new = inputs.new
    pools = _load(inputs, context, warm)
    loaded = pools.loaded
    context.progress(0.6, "tracing the network")
    network = build_network(new.network, len(loaded.classes), loaded.channels, loaded.image_size, new.seed)
    mean = _per_channel("mean", new.mean, loaded.mean, loaded.channels)
    std = _per_channel("std", new.std, loaded.std, loaded.channels)
    pixels = Normalization(mean, std, None)
    if new.weights.path is not None:
        load_weights(network, read_checkpoint(resolve(new.weights.path, inputs.folders)))
        if new.mean is None and new.std is None and loaded.channels == 3:
            pixels = fitting_normalization(network, pools)
            network.cpu()
    layers = _trace(network, (loaded.channels, loaded.image_size, loaded.image_size))
    context.check()
    return Inspection(
        classes=tuple(loaded.classes),
        image_size=loaded.image_size,
        channels=loaded.channels,
        mean=pixels.mean,
        std=pixels.std,
        splits=_split(pools, new),
        layers=layers,
        notices=loaded.notices if pixels.notice is None else (*loaded.notices, pixels.notice),
    )


def _load(inputs: InspectInputs, context: Context, warm: Warm) -> Pools:
    """The images as the network takes them: where no size was asked for, small ones are brought to its smallest."""
    new, entry = inputs.new, find_network(inputs.new.network)
    tell = part(context, 0.0, 0.5)
    options = ImageOptions(new.image_size, entry.channels, new.seed)
    pools = warm.pools(new.data, inputs.folders, options, tell)
    if new.image_size is not None or pools.loaded.image_size >= entry.smallest:
        return pools
    return warm.pools(new.data, inputs.folders, replace(options, image_size=entry.smallest), tell)


def _trace(network: nn.Module, image_shape: tuple[int, int, int]) -> Layers:
    """The root's structure; units that a test cut could not remove are frozen with the reason."""
    image = torch.zeros(1, *image_shape)
    network.eval()
    return freeze_uncuttable(network, trace_layers(network, image), image)


def _per_channel(
    name: str, given: list[float] | None, own: tuple[float, ...] | list[float], channels: int
) -> tuple[float, ...]:
    if given is None:
        return tuple(own)
    if len(given) != channels:
        raise InvalidInput(f"{name} has {len(given)} values, but the images have {channels} channels; give one each.")
    if name == "std" and min(given) <= 0:
        raise InvalidInput("std must be above 0 in every channel; it divides the pixels.")
    return tuple(given)


def _split(pools: Pools, new: NewExperiment) -> SplitIndices:
    loaded = pools.loaded
    tests = loaded.test_pool.labels.numpy() if loaded.test_pool is not None else None
    made = make_splits(loaded.train_pool.labels.numpy(), tests, new.weights.path is not None, new.seed)
    counts = [len(split.indices) for split in (made.train, made.selection, made.test)]
    if counts[0] < LEAST_TRAIN or 0 in counts:
        raise UnusableData(
            f"There are too few images: they split into {counts[0]} for training, {counts[1]} for selection and "
            f"{counts[2]} for the test, and {LEAST_TRAIN}, 1 and 1 are the least. Add some."
        )
    return SplitIndices(
        train_pool=made.train.pool,
        train=made.train.indices,
        selection_pool=made.selection.pool,
        selection=made.selection.indices,
        test_pool=made.test.pool,
        test=made.test.indices,
        rule=made.rule,
    )
