"""The job that scores a node's units."""

from dataclasses import replace

from cnnpruner.domain.jobs import Job, ScoreJob
from cnnpruner.domain.plans.specs import read_settings, split_spec
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import score
from cnnpruner.planning.criteria import BY_PASS, CRITERIA, SHARED, Criterion
from cnnpruner.planning.criteria.plugins import find_plugin
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, node_of, stop_unless
from cnnpruner.worker.steps import step


@step(ScoreJob)
def score_node(services: Services, job: Job, given: ScoreJob, context: JobContext) -> None:
    """Score by one criterion; one of ours that needs the pass takes along all others that the node lacks."""
    node = node_of(services, job)
    wanted = _criterion(services, given)
    several = SHARED if wanted.spec in [one.spec for one in BY_PASS] else [wanted]
    missing = tuple(one for one in several if services.store.nodes.scores(node.id, one.spec) is None)
    inputs = score.ScoreInputs(services.setup(node.experiment_id), services.ready(node), node.id, missing)
    found = score.run(inputs, context, services.cache)
    kept = [replace(one, criterion=given.key) if one.criterion == given.criterion else one for one in found]
    stop_unless(services.store.nodes.add_scores(job.id, job.attempt, node.id, kept))


def _criterion(services: Services, given: ScoreJob) -> Criterion:
    """What the job asks for, of ours or of the user's file. Raises Conflict where that file has another text by now."""
    name, texts = split_spec(given.criterion)
    if given.source is None:
        kind = type(CRITERIA[name])
    else:
        plugin = find_plugin(services.criteria, given.source, name)
        kind = plugin.kind
        if not given.key.endswith(f"@{plugin.version}"):
            raise Conflict(f"{given.source} was changed; start the server anew to use it.", criterion=name)
    return kind(read_settings(name, kind.options, texts))
