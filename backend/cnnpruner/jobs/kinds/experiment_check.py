"""Job `experiment_check`: checks data, network and weights before an experiment is created from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnpruner.data.data_folders import resolve
from cnnpruner.data.images.contrast import check_contrast
from cnnpruner.data.images.images import Normalize
from cnnpruner.data.images.transform import build_image_transform
from cnnpruner.data.loaded_data import LoadedData
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import ExperimentCheckResult, SplitIndices
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.engine.inspection.report import describe_operations
from cnnpruner.engine.inspection.trial import try_training
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.probe import freeze_failing_groups
from cnnpruner.engine.tracing.outputs import describe_outputs
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import InvalidInput, UnusableData
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImagePools
from cnnpruner.jobs.initial_weights import InitialWeights, LoadedWeights, load_initial_weights
from cnnpruner.jobs.normalization import Normalization, find_best_normalization, get_published_normalization
from cnnpruner.planning.networks.catalogue import find_network

MIN_TRAIN_IMAGES = 2
"""Minimum number of images in a train split, because batch norm cannot be trained on one image."""

SAMPLE_IMAGE_COUNT = 2
"""Number of sample images to run the network on. A single image would not reveal a network that mixes the images of a
batch.
"""


@dataclass(frozen=True)
class ExperimentCheckInputs:
    """The requested experiment and the data folders."""

    new: NewExperiment
    folders: tuple[Path, ...]


def run(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> ExperimentCheckResult:
    """Return the values that a new experiment needs and that only a worker can determine; nothing is written.

    Raises UnusableData, UnusableNetwork, UnreadableWeights or InvalidInput if the experiment's jobs could not run.
    """
    new = inputs.new
    pools = load_image_pools(inputs, context, cache)
    loaded_data = pools.loaded_data
    splits, contrast_warnings = _split_images(pools, new), check_contrast(loaded_data.contrast)
    context.report_progress(0.6, "tracing the network")
    network, weights = load_initial_network(inputs, pools, progress_in_range(context, 0.6, 0.9))
    normalization = choose_normalization(new, network, pools, weights.fresh_tensors)
    shape = (loaded_data.channels, loaded_data.image_size, loaded_data.image_size)
    layers = _trace_root(network, shape, len(loaded_data.classes))
    context.report_progress(0.95, "trying one training step")
    training_notices = try_training(network, shape, len(loaded_data.classes))
    images = pick_sample_images(pools, Normalize(normalization.mean, normalization.std))
    context.raise_if_cancelled()
    return ExperimentCheckResult(
        classes=tuple(loaded_data.classes),
        image_size=loaded_data.image_size,
        channels=loaded_data.channels,
        mean=normalization.mean,
        std=normalization.std,
        splits=splits,
        layers=layers,
        notices=(
            *loaded_data.notices,
            *weights.notices,
            *fresh_head_notices(weights.fresh_tensors),
            *([normalization.notice] if normalization.notice else []),
            *describe_operations([], layers.uncounted),
            *training_notices,
        ),
        warnings=(*loaded_data.warnings, *contrast_warnings, *describe_outputs(network, images)),
        weights_key=weights.key,
        reading=loaded_data.reading,
    )


def load_initial_network(
    inputs: ExperimentCheckInputs, pools: ImagePools, progress: Progress
) -> tuple[nn.Module, LoadedWeights]:
    """Return the network with the root's initial weights, and a record of what was loaded."""
    new, loaded_data = inputs.new, pools.loaded_data
    classes, path = len(loaded_data.classes), new.weights.path
    network = build_network(new.network, classes, loaded_data.channels, loaded_data.image_size, new.seed)
    checkpoint = resolve(path, inputs.folders) if path is not None else None
    weights = new.weights
    initial = InitialWeights(new.network, checkpoint, weights.pretrained, weights.train is not None, weights.key)
    return network, load_initial_weights(network, initial, classes, loaded_data.channels, progress)


def choose_normalization(
    new: NewExperiment, network: nn.Module, pools: ImagePools, fresh_tensors: Sequence[str]
) -> Normalization:
    """Return the requested pixel mean and std.

    If neither was requested, published weights get the values that they were trained with. Weights from a checkpoint
    get the values that fit them best, if images have three channels and all tensors were loaded. In all other cases, a
    mean or std that was not requested is taken from the data set.
    """
    loaded_data = pools.loaded_data
    if new.mean is None and new.std is None:
        if new.weights.pretrained:
            return get_published_normalization(new.network, loaded_data.channels)
        if new.weights.path is not None and loaded_data.channels == 3 and not fresh_tensors:
            normalization = find_best_normalization(network, pools)
            network.cpu()
            return normalization
    mean = _choose_channel_values("mean", new.mean, loaded_data.mean, loaded_data.channels)
    return Normalization(mean, _choose_channel_values("std", new.std, loaded_data.std, loaded_data.channels), None)


def fresh_head_notices(names: Sequence[str]) -> list[str]:
    """Return a list with a notice if the output layer starts with random weights, otherwise an empty list."""
    if not names:
        return []
    tensors = ", ".join(names)
    return [
        f"The weights were trained for other classes, so {tensors} start with random values and are trained together "
        "with all other weights."
    ]


def load_image_pools(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> ImagePools:
    """Return the images at the size at which the network will receive them. Unless a size was requested, images that
    are smaller than the network's minimum size are enlarged to it.
    """
    new, entry = inputs.new, find_network(inputs.new.network)
    progress = progress_in_range(context, 0.0, 0.5)
    options = ImageOptions(new.image_size, entry.channels, new.seed, must_inspect_files=True)
    pools = cache.pools(new.data, inputs.folders, options, progress)
    size = entry.round_up_image_size(pools.loaded_data.image_size)
    if new.image_size is not None or pools.loaded_data.image_size == size:
        return pools
    resize_options = replace(options, image_size=size, must_inspect_files=False, reading=pools.loaded_data.reading)
    resized_pools = cache.pools(new.data, inputs.folders, resize_options, progress)
    if new.data.kind == "folder":
        notices = _replace_resize_notice(new, pools.loaded_data, size)
        resized_pools.loaded_data = replace(
            resized_pools.loaded_data, notices=notices, warnings=pools.loaded_data.warnings
        )
    return resized_pools


def _replace_resize_notice(new: NewExperiment, loaded_data: LoadedData, size: int) -> tuple[str, ...]:
    """Return the notices about the images. The sentence on resizing says that images are resized to `size`, instead of
    to the size that was chosen for the data set.
    """
    original_size_sentence, sentence = (
        build_image_transform(new.data, loaded_data.channels, edge).sentence for edge in (loaded_data.image_size, size)
    )
    return (sentence, *(notice for notice in loaded_data.notices if notice != original_size_sentence))


def pick_sample_images(pools: ImagePools, normalize: Normalize) -> Tensor:
    """Return two images of the train pool, normalised for the network, [2, C, H, W]."""
    images = pools["train"]
    indices = torch.from_numpy(np.linspace(0, len(images) - 1, SAMPLE_IMAGE_COUNT).astype(np.int64))
    return normalize(images.batch(indices, torch.device("cpu")))


def _trace_root(network: nn.Module, image_shape: tuple[int, int, int], classes: int) -> Layers:
    """Return the root's structure. Units that could not be removed in a trial cut are frozen, and the reason is
    stored.
    """
    image = torch.zeros(1, *image_shape)
    return freeze_failing_groups(network, trace_layers(network, image, classes), image)


def _choose_channel_values(
    name: str, requested_values: list[float] | None, measured_values: tuple[float, ...] | list[float], channels: int
) -> tuple[float, ...]:
    if requested_values is None:
        return tuple(measured_values)
    if len(requested_values) != channels:
        raise InvalidInput(
            f"{name} has {len(requested_values)} values, but the images have {channels} channels; "
            "give one value per channel."
        )
    return tuple(requested_values)


def _weights_may_have_seen_images(new: NewExperiment) -> bool:
    """Return whether the root's initial weights were possibly trained on images of this data set."""
    return new.weights.path is not None or new.weights.train is None


def _split_images(pools: ImagePools, new: NewExperiment) -> SplitIndices:
    splits = pools.loaded_data.split(_weights_may_have_seen_images(new), new.seed)
    counts = [len(indices) for _, indices in splits.indices]
    if counts[0] < MIN_TRAIN_IMAGES or 0 in counts:
        raise UnusableData(
            f"There are too few images: the train, selection and test splits have {counts[0]}, {counts[1]} and "
            f"{counts[2]}, but need at least {MIN_TRAIN_IMAGES}, 1 and 1. Add more images."
        )
    return splits
