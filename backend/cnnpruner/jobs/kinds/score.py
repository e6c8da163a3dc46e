"""Job `score`: values of criteria for a ready node."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cnnpruner.domain.results import ScoreArrays
from cnnpruner.engine.scoring.scoring_pass import score_static
from cnnpruner.errors import CNNPrunerError, InvalidInput, JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.faults import is_out_of_memory
from cnnpruner.jobs.measurement import ScoringCallbacks, Subject, score_by_data
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.criteria import CRITERIA, Criterion, DataCriterion, StaticCriterion

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoreInputs:
    """A node, and the criteria that it has no values of."""

    setup: ExperimentSetup
    node: ReadyNode
    node_id: int
    criteria: tuple[Criterion, ...]


def run(inputs: ScoreInputs, context: Context, cache: WorkerCache) -> tuple[ScoreArrays, ...]:
    """Values by each criterion; those that look at images share one pass."""
    context.progress(0.0, f"scoring by {', '.join(one.spec for one in inputs.criteria)}")
    network = cache.network(inputs.setup, inputs.node)
    found: list[ScoreArrays] = []
    for criterion in inputs.criteria:
        if isinstance(criterion, StaticCriterion):
            context.check()
            with _naming([criterion]):
                values = score_static(network, inputs.node.layers, criterion, inputs.setup.experiment.seed)
            found.append(ScoreArrays(criterion.spec, values, None, None, None))
    by_data = [one for one in inputs.criteria if isinstance(one, DataCriterion)]
    if by_data:
        images = cache.images(inputs.setup, part(context, 0.0, 0.2))
        subject = Subject(network, inputs.node.layers, inputs.node_id)
        with _naming(by_data):
            callbacks = ScoringCallbacks(part(context, 0.2, 1.0, shows_eta=True), None)
            found += score_by_data(subject, inputs.setup, images, by_data, callbacks)
    return tuple(found)


@contextmanager
def _naming(criteria: Sequence[Criterion]) -> Iterator[None]:
    """Gives a fault of a user's criterion its name; those of ours stay what they are."""
    users = [one.name for one in criteria if one.name not in CRITERIA]
    try:
        yield
    except (CNNPrunerError, JobCancelled):
        raise
    except (Exception, SystemExit) as error:
        if not users or (isinstance(error, Exception) and is_out_of_memory(error)):
            raise
        log.warning("criterion %s failed", users[0], exc_info=error)
        sentence = f"Criterion {users[0]} failed on this network: {type(error).__name__}: {error}"
        raise InvalidInput(sentence, criterion=users[0]) from error
