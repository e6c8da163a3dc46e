"""Job `network_report`: says in plain words what can be pruned in a network, before an experiment is created."""

from cnnpruner.data.images.images import Normalize
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.kinds.experiment_check import (
    ExperimentCheckInputs,
    choose_normalization,
    fresh_head_notices,
    load_image_pools,
    load_initial_network,
    pick_sample_images,
)


def run(inputs: ExperimentCheckInputs, context: Context, cache: WorkerCache) -> NetworkReport:
    """Return the report; nothing is written. The network is run on images of the train pool, resized and normalised as
    in an experiment.

    Raises UnusableData, UnusableNetwork, UnreadableWeights or InvalidInput if later jobs could not run.
    """
    new = inputs.new
    pools = load_image_pools(inputs, context, cache)
    network, weights = load_initial_network(inputs, pools, progress_in_range(context, 0.5, 0.6))
    normalization = choose_normalization(new, network, pools, weights.fresh_tensors)
    images = pick_sample_images(pools, Normalize(normalization.mean, normalization.std))
    notes = (
        *pools.loaded_data.notices,
        *weights.notices,
        *fresh_head_notices(weights.fresh_tensors),
        *([normalization.notice] if normalization.notice is not None else []),
    )
    classes, warnings = len(pools.loaded_data.classes), pools.loaded_data.warnings
    subject = InspectionSubject(new.network.name, network, classes, notes, warnings, weights.weight_sets)
    return inspect_network(subject, images, new.seed, progress_in_range(context, 0.6, 1.0))
