"""The step of the job that searches for the best plan of a node."""

import time

from cnnpruner.domain.jobs import Job, SuggestionJob
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.orders import parse_criterion_and_price
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.suggestions import SearchState
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.jobs.kinds import score
from cnnpruner.jobs.suggestions import suggestion
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe
from cnnpruner.planning.criteria.score_values import scores_from_arrays
from cnnpruner.planning.plan_content import build_plan_content
from cnnpruner.planning.search.candidates import CRITERIA_TO_COMPARE, WITHIN_CRITERION
from cnnpruner.store.plans.suggestions import SuggestedDraft
from cnnpruner.worker.context import JobContext
from cnnpruner.worker.services import Services, get_node, require_result_accepted
from cnnpruner.worker.steps import step


@step(SuggestionJob)
def search_for_plan(services: Services, job: Job, job_inputs: SuggestionJob, context: JobContext) -> None:
    """Score the node by all criteria that the search compares, search, and draft the best plan."""
    started_at = time.monotonic()
    node = get_node(services, job)
    scores = _load_scores(services, job, context)
    requested_suggestion = services.store.suggestions.get(job_inputs.suggestion_id)
    elapsed_s = requested_suggestion.elapsed_s + time.monotonic() - started_at
    inputs = suggestion.SuggestionInputs(
        services.setup(node.experiment_id),
        services.ready_node(node),
        requested_suggestion.model_copy(update={"elapsed_s": elapsed_s}),
        scores,
    )
    state = suggestion.run(inputs, context, services.cache)
    draft = _draft_best_plan(inputs.node.layers, state, scores)
    is_accepted = services.store.suggestions.end(job.id, job.attempt, requested_suggestion.id, state, draft)
    require_result_accepted(is_accepted)


def _load_scores(services: Services, job: Job, context: JobContext) -> dict[str, Scores]:
    """Returns the node's scores by all criteria that the search compares. Missing scores are computed and stored."""
    node = get_node(services, job)
    criteria = [CRITERIA[name] for name in (*CRITERIA_TO_COMPARE, WITHIN_CRITERION)]
    arrays = {criterion.spec: services.store.nodes.scores(node.id, criterion.spec) for criterion in criteria}
    missing_criteria = tuple(criterion for criterion in criteria if arrays[criterion.spec] is None)
    if missing_criteria:
        setup = services.setup(node.experiment_id)
        inputs = score.ScoreInputs(setup, services.ready_node(node), node.id, missing_criteria)
        computed_scores = score.run(inputs, context, services.cache, end=suggestion.SCORING_PROGRESS_SHARE)
        require_result_accepted(services.store.suggestions.add_scores(job.id, job.attempt, node.id, computed_scores))
        arrays |= {values.criterion: values for values in computed_scores}
    layers = services.store.nodes.layers(node.id)
    return {
        criterion.spec: _to_scores(node.id, layers, values)
        for criterion in criteria
        if (values := arrays[criterion.spec]) is not None
    }


def _to_scores(node_id: int, layers: Layers, arrays: ScoreArrays) -> Scores:
    info = describe(type(CRITERIA[arrays.criterion]))
    return scores_from_arrays(node_id, layers, arrays, info, arrays.criterion)


def _draft_best_plan(layers: Layers, state: SearchState, scores: dict[str, Scores]) -> SuggestedDraft | None:
    """Returns the best plan as a draft whose note says what the search tried; None if the search found no plan."""
    best = next((candidate for candidate in state.candidates if candidate.state == "best"), None)
    if best is None:
        return None
    rule = best.rule
    criterion_scores = within_layer_scores = None
    if rule.rule != "filters":
        criterion_scores = scores[parse_criterion_and_price(rule.criterion)[0]]
        within_layer_scores = None if rule.within is None else scores[rule.within]
    content = build_plan_content(
        layers, CostTable(layers), rule, criterion_scores, within_layer_scores, scores.get("taylor")
    )
    return SuggestedDraft(describe_search(state), content)


def describe_search(state: SearchState) -> str:
    """Returns a note that says what the search tried and how accurate the best plan is."""
    best = state.candidates[0]
    order_count = sum(candidate.origin == "order" for candidate in state.candidates)
    exchanges_text = f" and {state.exchanges} exchanges of filters between layers" if state.exchanges else ""
    unseen_text = "" if best.unseen is None else f", {best.unseen.accuracy:.1%} on images that the search did not use"
    return (
        f"Suggested: the best of {order_count} ways of ranking the filters{exchanges_text}, found in "
        f"{state.elapsed_s:.0f} s; accuracy after reconstruction {best.reconstructed.accuracy:.1%} "
        f"on the images of the search{unseen_text}."
    )
