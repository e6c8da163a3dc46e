"""Job `experiment_check`: a look at data, network and weights before an experiment is made of them."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from cnnpruner.data.data_folders import resolve
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import CheckedExperiment, SplitIndices
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.engine.inspection.inspection import disturb_constants
from cnnpruner.engine.inspection.trial import try_training
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.probe import freeze_uncuttable
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput, UnusableData
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import Pools
from cnnpruner.jobs.initial_weights import InitialWeights, load_initial
from cnnpruner.jobs.normalization import Normalization, fitting_normalization, published_normalization
from cnnpruner.planning.networks.catalogue import find_network

LEAST_TRAIN = 2
"""Batch norm cannot be trained on one image."""


@dataclass(frozen=True)
class ExperimentCheckInputs:
    """What somebody wants an experiment of."""

    new: NewExperiment
    folders: tuple[Path, ...]


def run(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> CheckedExperiment:
    """Everything that an experiment needs and only a worker can find; makes nothing.

    Raises UnusableData, UnusableNetwork, UnreadableWeights, InvalidInput for what could not run later.
    """
    new = inputs.new
    pools = load_pools(inputs, context, cache)
    loaded = pools.loaded
    context.progress(0.6, "tracing the network")
    network, fresh = begin(inputs, pools, part(context, 0.6, 0.9))
    pixels = choose_normalization(new, network, pools, fresh)
    shape = (loaded.channels, loaded.image_size, loaded.image_size)
    layers = _trace(network, shape, len(loaded.classes))
    context.progress(0.95, "trying a step of training")
    trained = try_training(network, shape, len(loaded.classes))
    context.check()
    return CheckedExperiment(
        classes=tuple(loaded.classes),
        image_size=loaded.image_size,
        channels=loaded.channels,
        mean=pixels.mean,
        std=pixels.std,
        splits=_split(pools, new),
        layers=layers,
        notices=(*loaded.notices, *tell_fresh(fresh), *([pixels.notice] if pixels.notice else []), *trained),
    )


def begin(inputs: ExperimentCheckInputs, pools: Pools, tell: Progress) -> tuple[nn.Module, list[str]]:
    """The network as its root will begin, and the names of tensors that stay fresh where others were loaded."""
    new, loaded = inputs.new, pools.loaded
    classes, path = len(loaded.classes), new.weights.path
    network = build_network(new.network, classes, loaded.channels, loaded.image_size, new.seed)
    checkpoint = resolve(path, inputs.folders) if path is not None else None
    initial = InitialWeights(new.network, checkpoint, new.weights.pretrained, new.weights.train is not None)
    return network, load_initial(network, initial, classes, loaded.channels, tell)


def choose_normalization(new: NewExperiment, network: nn.Module, pools: Pools, fresh: list[str]) -> Normalization:
    """As given; else what the loaded weights were trained with; else the data set's own."""
    loaded = pools.loaded
    if new.mean is None and new.std is None:
        if new.weights.pretrained:
            return published_normalization(new.network, loaded.channels)
        if new.weights.path is not None and loaded.channels == 3 and not fresh:
            found = fitting_normalization(network, pools)
            network.cpu()
            return found
    mean = _per_channel("mean", new.mean, loaded.mean, loaded.channels)
    return Normalization(mean, _per_channel("std", new.std, loaded.std, loaded.channels), None)


def tell_fresh(names: list[str]) -> list[str]:
    """That a head begins fresh, where one does."""
    if not names:
        return []
    return [f"The weights have a head of other classes: {', '.join(names)} begin fresh and are trained with the rest."]


def load_pools(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> Pools:
    """The images as the network takes them: where no size was asked for, small ones are brought to its smallest."""
    new, entry = inputs.new, find_network(inputs.new.network)
    tell = part(context, 0.0, 0.5)
    options = ImageOptions(new.image_size, entry.channels, new.seed, inspect_files=True)
    pools = cache.pools(new.data, inputs.folders, options, tell)
    size = entry.fitting(pools.loaded.image_size)
    if new.image_size is not None or pools.loaded.image_size == size:
        return pools
    return cache.pools(new.data, inputs.folders, replace(options, image_size=size, inspect_files=False), tell)


def _trace(network: nn.Module, image_shape: tuple[int, int, int], classes: int) -> Layers:
    """The root's structure; units that a test cut could not remove are frozen with the reason."""
    image = torch.zeros(1, *image_shape)
    disturb_constants(network.eval(), seed=0)
    return freeze_uncuttable(network, trace_layers(network, image, classes), image)


def _per_channel(
    name: str, given: list[float] | None, own: tuple[float, ...] | list[float], channels: int
) -> tuple[float, ...]:
    if given is None:
        return tuple(own)
    if len(given) != channels:
        raise InvalidInput(f"{name} has {len(given)} values, but the images have {channels} channels; give one each.")
    return tuple(given)


def _may_have_seen(new: NewExperiment) -> bool:
    """Whether the root's weights come from training images that might be these."""
    return new.weights.path is not None or new.weights.train is None


def _split(pools: Pools, new: NewExperiment) -> SplitIndices:
    splits = pools.loaded.split(_may_have_seen(new), new.seed)
    counts = [len(indices) for _, indices in splits.parts]
    if counts[0] < LEAST_TRAIN or 0 in counts:
        raise UnusableData(
            f"There are too few images: they split into {counts[0]} for training, {counts[1]} for selection and "
            f"{counts[2]} for the test, and {LEAST_TRAIN}, 1 and 1 are the least. Add some."
        )
    return splits
