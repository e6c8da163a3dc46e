"""The step of the job that scores a node's units."""

from dataclasses import replace

from cnnpruner.domain.jobs import Job, ScoreJob
from cnnpruner.domain.plans.specs import parse_criterion_settings, parse_criterion_spec
from cnnpruner.errors import Conflict
from cnnpruner.jobs.kinds import score
from cnnpruner.planning.criteria import BATCH_MEAN_CRITERIA, CRITERIA, SCORING_PASS_CRITERIA, Criterion
from cnnpruner.planning.criteria.plugins import find_plugin
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(ScoreJob)
def score_node(services: Services, job: Job, job_inputs: ScoreJob, context: JobContext) -> None:
    """Score the node's units by one criterion.

    If a built-in criterion needs the scoring pass, that pass also computes all scores of the node that are still
    missing for the criteria in `BATCH_MEAN_CRITERIA`.
    """
    node = get_node(services, job)
    requested_criterion = _load_criterion(services, job_inputs)
    criteria = (
        BATCH_MEAN_CRITERIA
        if requested_criterion.spec in [criterion.spec for criterion in SCORING_PASS_CRITERIA]
        else [requested_criterion]
    )
    missing_criteria = tuple(
        criterion for criterion in criteria if services.store.nodes.scores(node.id, criterion.spec) is None
    )
    inputs = score.ScoreInputs(services.setup(node.experiment_id), services.ready_node(node), node.id, missing_criteria)
    scores = [
        replace(arrays, criterion=job_inputs.key) if arrays.criterion == job_inputs.criterion else arrays
        for arrays in score.run(inputs, context, services.cache)
    ]
    require_result_accepted(services.store.nodes.add_scores(job.id, job.attempt, node.id, scores))


def _load_criterion(services: Services, job_inputs: ScoreJob) -> Criterion:
    """Returns the criterion that the job scores by. It is built-in or comes from a user-defined source.

    Raises Conflict if this source has changed since the job was queued.
    """
    name, texts = parse_criterion_spec(job_inputs.criterion)
    if job_inputs.source is None:
        kind = type(CRITERIA[name])
    else:
        plugin = find_plugin(services.criteria, job_inputs.source, name)
        kind = plugin.kind
        if not job_inputs.key.endswith(f"@{plugin.version}"):
            raise Conflict(
                f"{job_inputs.source} has changed; restart the server to use the new version.", criterion=name
            )
    return kind(parse_criterion_settings(name, kind.options, texts))
