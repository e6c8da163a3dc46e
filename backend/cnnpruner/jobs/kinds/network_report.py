"""Job `network_report`: reports in plain words what can be pruned in a network, before an experiment is created."""

import numpy as np
import torch
from torch import Tensor

from cnnpruner.data.images.images import Normalize
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_between
from cnnpruner.jobs.images import Pools
from cnnpruner.jobs.kinds.experiment_check import (
    ExperimentCheckInputs,
    choose_normalization,
    fresh_head_notices,
    load_initial_network,
    load_pools,
)

IMAGE_COUNT = 2
"""Two, because a network that mixes the images of a batch cannot be recognized with one."""


def run(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> NetworkReport:
    """Returns the report, made with images of the train pool as the network will read them; writes nothing.

    Raises UnusableData, UnusableNetwork, UnreadableWeights or InvalidInput if later jobs could not run.
    """
    new = inputs.new
    pools = load_pools(inputs, context, cache)
    network, fresh_tensor_names = load_initial_network(inputs, pools, progress_between(context, 0.5, 0.6))
    normalization = choose_normalization(new, network, pools, fresh_tensor_names)
    images = _sample_images(pools, Normalize(normalization.mean, normalization.std))
    notes = [
        *pools.loaded.notices,
        *fresh_head_notices(fresh_tensor_names),
        *([normalization.notice] if normalization.notice is not None else []),
    ]
    subject = InspectionSubject(new.network.name, network, len(pools.loaded.classes), tuple(notes))
    return inspect_network(subject, images, new.seed, progress_between(context, 0.6, 1.0))


def _sample_images(pools: Pools, normalize: Normalize) -> Tensor:
    images = pools["train"]
    indices = torch.from_numpy(np.linspace(0, len(images) - 1, IMAGE_COUNT).astype(np.int64))
    return normalize(images.batch(indices, torch.device("cpu")))
