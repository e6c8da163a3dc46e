"""Job `score`: scores a ready node's units by one or more criteria."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cnnpruner.domain.results import ScoreArrays
from cnnpruner.engine.scoring.brain_surgeon import score_by_brain_surgeon
from cnnpruner.engine.scoring.scoring_pass import score_without_images
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.errors import CNNPrunerError, InvalidInput, JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.failures import is_out_of_memory
from cnnpruner.jobs.measurement import NodeNetwork, ScoringCallbacks, score_on_images
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.criteria import CRITERIA, Criterion, DataCriterion, StaticCriterion
from cnnpruner.planning.criteria.obs import BrainSurgeon

BRAIN_SURGEON_BATCHES, BRAIN_SURGEON_BATCH_SIZE = 32, 32
"""Number and size of the batches for the criterion `obs` (optimal brain surgeon): 1,024 training images in total."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoreInputs:
    """A node, and the criteria by which to score it."""

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    criteria: tuple[Criterion, ...]


def run(inputs: ScoreInputs, context: Context, cache: WorkerCache, end: float = 1.0) -> tuple[ScoreArrays, ...]:
    """Return the scores by each criterion. All criteria that need images share one scoring pass, except for `obs`
    (optimal brain surgeon). `end`: the job's progress when this function returns.
    """
    context.report_progress(0.0, f"scoring filters by {', '.join(criterion.spec for criterion in inputs.criteria)}")
    network = cache.network(inputs.setup, inputs.node)
    scores: list[ScoreArrays] = []
    for criterion in inputs.criteria:
        if isinstance(criterion, StaticCriterion):
            context.raise_if_cancelled()
            with _attribute_errors_to_criterion([criterion]):
                values = score_without_images(network, inputs.node.layers, criterion, inputs.setup.experiment.seed)
            scores.append(ScoreArrays(criterion.spec, values, None, None, None))
    data_criteria = [criterion for criterion in inputs.criteria if isinstance(criterion, DataCriterion)]
    uses_brain_surgeon = any(isinstance(criterion, BrainSurgeon) for criterion in inputs.criteria)
    middle = 0.0 if not data_criteria else end / 2 if uses_brain_surgeon else end
    if data_criteria:
        images = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.2 * middle))
        node_network = NodeNetwork(network, inputs.node.layers, inputs.node_id)
        with _attribute_errors_to_criterion(data_criteria):
            callbacks = ScoringCallbacks(
                progress_in_range(context, 0.2 * middle, middle, shows_eta=middle == 1.0), None
            )
            scores += score_on_images(node_network, inputs.setup, images, data_criteria, callbacks)
    if uses_brain_surgeon:
        scores.append(_score_by_brain_surgeon(inputs, context, cache, (middle, end)))
    return tuple(scores)


def _score_by_brain_surgeon(
    inputs: ScoreInputs, context: Context, cache: WorkerCache, progress_range: tuple[float, float]
) -> ScoreArrays:
    start, end = progress_range
    network = cache.network(inputs.setup, inputs.node)
    progress_after_reading = start + 0.1 * (end - start)
    images = cache.images(inputs.setup, progress_in_range(context, start, progress_after_reading))
    seed = inputs.setup.experiment.seed
    batches = scoring_batches(images.train, BRAIN_SURGEON_BATCHES, BRAIN_SURGEON_BATCH_SIZE, seed)
    progress = progress_in_range(context, progress_after_reading, end, shows_eta=end == 1.0)
    values = score_by_brain_surgeon(network, inputs.node.layers, batches, BRAIN_SURGEON_BATCHES, seed, progress)
    return ScoreArrays(BrainSurgeon.name, values, None, BRAIN_SURGEON_BATCHES, BRAIN_SURGEON_BATCH_SIZE)


@contextmanager
def _attribute_errors_to_criterion(criteria: Sequence[Criterion]) -> Iterator[None]:
    """Turn an exception raised by a user-defined criterion into an error that names the criterion; other exceptions
    pass through unchanged.
    """
    user_defined_names = [criterion.name for criterion in criteria if criterion.name not in CRITERIA]
    try:
        yield
    except (CNNPrunerError, JobCancelled):
        raise
    except (Exception, SystemExit) as error:
        if not user_defined_names or (isinstance(error, Exception) and is_out_of_memory(error)):
            raise
        log.warning("criterion %s failed", user_defined_names[0], exc_info=error)
        sentence = f"Criterion {user_defined_names[0]} failed on this network: {type(error).__name__}: {error}"
        raise InvalidInput(sentence, criterion=user_defined_names[0]) from error
