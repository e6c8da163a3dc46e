"""Job `network_report`: what can be cut in a network, in plain words, before an experiment is made of it."""

import numpy as np
import torch
from torch import Tensor

from cnnpruner.data.images.images import Normalize
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.engine.inspection.inspection import Subject, inspect_network
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import Pools
from cnnpruner.jobs.kinds.experiment_check import (
    ExperimentCheckInputs,
    begin,
    choose_normalization,
    load_pools,
    tell_fresh,
)

IMAGES = 2
"""One shows a mistake; two show one that mixes images."""


def run(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> NetworkReport:
    """The report, on the first images of the train split as the network will read them; makes nothing.

    Raises UnusableData, UnusableNetwork, UnreadableWeights, InvalidInput for what could not run later.
    """
    new = inputs.new
    pools = load_pools(inputs, context, cache)
    network, fresh = begin(inputs, pools, part(context, 0.5, 0.6))
    pixels = choose_normalization(new, network, pools, fresh)
    images = _examples(pools, Normalize(pixels.mean, pixels.std))
    notes = [*pools.loaded.notices, *tell_fresh(fresh), *([pixels.notice] if pixels.notice is not None else [])]
    subject = Subject(new.network.name, network, len(pools.loaded.classes), tuple(notes))
    return inspect_network(subject, images, new.seed, part(context, 0.6, 1.0))


def _examples(pools: Pools, normalize: Normalize) -> Tensor:
    images = pools["train"]
    chosen = torch.from_numpy(np.linspace(0, len(images) - 1, IMAGES).astype(np.int64))
    return normalize(images.batch(chosen, torch.device("cpu")))
