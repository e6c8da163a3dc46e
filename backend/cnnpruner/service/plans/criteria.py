"""Scores of a node by any criterion, and how similarly criteria rank its units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from cnnpruner.domain.jobs import Job, NewJob, ScoreJob
from cnnpruner.domain.plans.criteria import Agreement, CriterionInfo
from cnnpruner.domain.plans.orders import Price, format_order, parse_criterion_and_price
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.specs import format_criterion_spec, parse_criterion_settings, parse_criterion_spec
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, InvalidInput, JobTimeout, NotFound, Unavailable, make_error
from cnnpruner.planning.agreement import rank_correlation, rank_units_by_criterion
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe
from cnnpruner.planning.criteria.score_values import TAYLOR, finite_or_none, scores_from_arrays
from cnnpruner.planning.orders import adjust_scores_by_price
from cnnpruner.service import jobs
from cnnpruner.service.plans.structures import load_structure
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store

INSTABILITY = "instability"
SCORING_TIMEOUT_S = 120.0
"""Maximum time that a request waits for a scoring pass."""


@dataclass(frozen=True)
class ConfiguredCriterion:
    """A criterion with values for its options."""

    info: CriterionInfo
    spec: str
    """Name and options in canonical spelling; options with their default value are left out."""

    @property
    def key(self) -> str:
        """Returns the key under which scores are stored. For a user-defined criterion, the key changes when its file
        changes.
        """
        return f"{self.spec}@{self.info.version}" if self.info.version else self.spec

    def __hash__(self) -> int:
        return hash(self.key)


def list_criteria(workspace: Workspace) -> list[CriterionInfo]:
    """Returns all criteria: the built-in ones, beginning with the default, then the user-defined ones, and last those
    that cannot be used.
    """
    return [describe(type(criterion)) for criterion in CRITERIA.values()] + workspace.plugins.user_defined_criteria()


def resolve(workspace: Workspace, spec: str) -> ConfiguredCriterion:
    """Returns the criterion that `spec` names. Raises NotFound if there is no criterion with this name, and
    InvalidInput if an option is invalid or the criterion cannot be used.
    """
    name, raw_options = parse_criterion_spec(spec)
    info = describe(type(CRITERIA[name])) if name in CRITERIA else _find_user_defined_criterion(workspace, name)
    return ConfiguredCriterion(
        info, format_criterion_spec(name, info.options, parse_criterion_settings(name, info.options, raw_options))
    )


def _find_user_defined_criterion(workspace: Workspace, name: str) -> CriterionInfo:
    candidates = [info for info in workspace.plugins.user_defined_criteria() if info.name == name]
    for info in candidates:
        if info.error is None:
            return info
    if candidates:
        source, reason = candidates[0].source, candidates[0].error
        message = f"Criterion {name} from {source} was skipped: {reason} Fix it and restart the server."
        raise InvalidInput(message, criterion=name)
    available_names = ", ".join(info.name for info in list_criteria(workspace) if info.error is None)
    raise NotFound(f"There is no criterion {name!r}; available criteria: {available_names}.", criterion=name)


def normalize_order_spec(workspace: Workspace, spec: str) -> str:
    """Returns the canonical spelling of a criterion, including its price if it has one.

    Raises the same errors as `resolve` and `parse_criterion_and_price`.
    """
    criterion, price = parse_criterion_and_price(spec)
    return format_order(resolve(workspace, criterion).spec, price)


def get_scores(workspace: Workspace, node: Node, spec: str) -> Scores:
    """Returns a criterion's scores, divided by the price if `spec` has one. Missing scores are computed and stored
    first.
    """
    nodes.require_ready_node(node, "scores")
    name, price = parse_criterion_and_price(spec)
    criterion = resolve(workspace, name)
    scores = find_scores(workspace, node, criterion)
    if scores is None:
        visitors.require_compute_permission(
            workspace, f"The scores for criterion {criterion.spec} have not been computed yet"
        )
        _wait_for_scores(workspace, node, criterion)
        scores = find_scores(workspace, node, criterion)
    if scores is None:
        raise Unavailable(f"The scores for criterion {spec} were deleted before they could be read; try again.")
    return _apply_price(workspace, scores, price)


def _apply_price(workspace: Workspace, scores: Scores, price: Price | None) -> Scores:
    if price is None:
        return scores
    structure = load_structure(workspace.store, scores.node_id)
    return adjust_scores_by_price(structure.layers, scores, price, structure.table)


def _wait_for_scores(workspace: Workspace, node: Node, criterion: ConfiguredCriterion) -> None:
    try:
        jobs.wait_for_node(workspace, node, _queue_scoring_job(workspace, node, criterion).id, SCORING_TIMEOUT_S)
    except JobTimeout as error:
        message = (
            f"Computing the scores for criterion {criterion.spec} took longer than {SCORING_TIMEOUT_S:.0f} s on this "
            f"network and was stopped. Compute them without a time limit with POST /api/nodes/{node.id}/scores, then "
            "try again."
        )
        if criterion.info.source is not None:
            message += f" Or make the criterion in {criterion.info.source} faster and restart the server."
        raise Unavailable(message, criterion=criterion.info.name) from error


def compute(workspace: Workspace, node: Node, spec: str) -> Job | Scores:
    """Returns the scores if they exist; otherwise the job that computes them, which has no time limit."""
    nodes.require_ready_node(node, "scores")
    name, price = parse_criterion_and_price(spec)
    criterion = resolve(workspace, name)
    scores = find_scores(workspace, node, criterion)
    return _queue_scoring_job(workspace, node, criterion) if scores is None else _apply_price(workspace, scores, price)


def request_scores(workspace: Workspace, node: Node, spec: str) -> bool:
    """Returns whether all scores needed for a ranking by `spec` exist. If not, queues the job that computes them.
    Raises the error of an earlier job that failed to compute them.
    """
    criterion = resolve(workspace, parse_criterion_and_price(spec)[0])
    if find_scores(workspace, node, criterion) is not None:
        return True
    inputs = ScoreJob(criterion=criterion.spec, source=criterion.info.source, key=criterion.key)
    for job in workspace.store.jobs.list(node.experiment_id):
        is_scoring_job = job.kind == "score" and job.node_id == node.id
        if is_scoring_job and job.error is not None and workspace.store.jobs.inputs(job.id, ScoreJob) == inputs:
            raise make_error(**dict(job.error))
    _queue_scoring_job(workspace, node, criterion)
    return False


def find_scores(workspace: Workspace, node: Node, criterion: ConfiguredCriterion) -> Scores | None:
    """Returns the node's stored scores for the criterion, or None if there are none. Computes nothing."""
    try:
        return _load_scores(workspace.store, node.id, criterion)
    except NotFound:
        return None


@lru_cache(maxsize=16)
def _load_scores(store: Store, node_id: int, criterion: ConfiguredCriterion) -> Scores:
    """Returns stored scores, and caches them in memory.

    If there are no stored scores, raises NotFound instead of returning None, because exceptions are not cached.
    """
    arrays = store.nodes.scores(node_id, criterion.key)
    if arrays is None and criterion.spec == INSTABILITY:
        arrays = _read_instability_scores(store, node_id)
    if arrays is None:
        raise NotFound(f"The node has no scores for criterion {criterion.spec} yet.")
    return scores_from_arrays(node_id, load_structure(store, node_id).layers, arrays, criterion.info, criterion.spec)


def _read_instability_scores(store: Store, node_id: int) -> ScoreArrays | None:
    """Returns each unit's instability: how much its rank varies between batches. The instabilities are stored with the
    taylor scores of every node, so no scoring pass is needed.
    """
    taylor_scores = store.nodes.scores(node_id, TAYLOR)
    if taylor_scores is None or taylor_scores.instability is None:
        return None
    return replace(taylor_scores, criterion=INSTABILITY, score=taylor_scores.instability)


def _queue_scoring_job(workspace: Workspace, node: Node, criterion: ConfiguredCriterion) -> Job:
    """Returns the active job that computes the scores, or queues a new one.

    Raises the earlier error of a user-defined criterion that failed on this node.
    """
    inputs = ScoreJob(criterion=criterion.spec, source=criterion.info.source, key=criterion.key)
    with workspace.store.transaction():  # simultaneous requests add only one job
        for job in workspace.store.jobs.list(node.experiment_id):
            if job.kind != "score" or job.node_id != node.id or workspace.store.jobs.inputs(job.id, ScoreJob) != inputs:
                continue
            if job.state in ("waiting", "running"):
                return job
            if job.error is not None and "criterion" in job.error.details and criterion.info.source is not None:
                # The same code fails on the same node again, and may crash the worker.
                raise make_error(**dict(job.error))
        added_job = workspace.store.jobs.add(NewJob(inputs, node.experiment_id, node.id))
    workspace.runner.wake(added_job.queue)
    return added_job


def agreement(workspace: Workspace, node: Node, specs: Sequence[str] | None) -> Agreement:
    """Compares how several criteria rank the node's free units. Scores that are missing are computed first.

    Without `specs`, compares all usable criteria. User-defined criteria that fail on this node are listed as skipped.
    """
    error_by_criterion: dict[str, str] = {}
    compared_scores = []
    for spec in dict.fromkeys(specs or [info.name for info in list_criteria(workspace) if info.error is None]):
        name, price = parse_criterion_and_price(spec)
        criterion = resolve(workspace, name)
        try:
            compared_scores.append(get_scores(workspace, node, format_order(criterion.spec, price)))
        except CNNPrunerError as error:
            if criterion.info.source is None:
                raise
            error_by_criterion[criterion.spec] = error.message
    if not compared_scores:
        raise InvalidInput(" ".join(error_by_criterion.values()))
    free = np.array(compared_scores[0].free, dtype=np.bool_)
    signed_scores = np.array([_orient_scores(scores) for scores in compared_scores])[:, free]
    correlations = [[rank_correlation(first, second) for second in signed_scores] for first in signed_scores]
    return Agreement(
        node_id=node.id,
        criteria=[scores.criterion for scores in compared_scores],
        unit=[unit for unit, is_free in zip(compared_scores[0].unit, free, strict=True) if is_free],
        correlation=[finite_or_none(value for value, _ in row) for row in correlations],
        units=[[count for _, count in row] for row in correlations],
        ranks=[finite_or_none(row) for row in rank_units_by_criterion(signed_scores)],
        skipped=error_by_criterion,
    )


def _orient_scores(scores: Scores) -> list[float]:
    """Returns the scores with their sign chosen so that units with higher values are kept; nan for units without a
    score.
    """
    sign = 1.0 if scores.keep == "high" else -1.0
    return [math.nan if score is None else sign * score for score in scores.score]
