"""Scores of a node by any criterion, and how far criteria agree."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from cnnpruner.domain.jobs import Job, NewJob, ScoreJob
from cnnpruner.domain.plans.criteria import Agreement, CriterionInfo
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.specs import read_settings, split_spec, write_spec
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import CNNPrunerError, InvalidInput, NotFound, TookTooLong, Unavailable, error_from
from cnnpruner.planning.agreement import rank_by_criteria, rank_correlation
from cnnpruner.planning.criteria import CRITERIA
from cnnpruner.planning.criteria.descriptions import describe
from cnnpruner.service import jobs
from cnnpruner.service.plans.structures import structure
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import Store

DEFAULT = "taylor"
INSTABILITY = "instability"
SCORE_S = 120.0
"""Longest wait for a pass over the batches."""


@dataclass(frozen=True)
class Chosen:
    """A criterion with its options, as somebody asked for it."""

    info: CriterionInfo
    spec: str
    """The one spelling of name and options, without options at their defaults."""

    @property
    def key(self) -> str:
        """What its values are kept under: those by another text of a user's file are another thing."""
        return f"{self.spec}@{self.info.version}" if self.info.version else self.spec

    def __hash__(self) -> int:
        return hash(self.key)


def listing(workspace: Workspace) -> list[CriterionInfo]:
    """All criteria, the default first, users' after ours, those that cannot be used last, with the reason."""
    return [describe(type(one)) for one in CRITERIA.values()] + workspace.plugins.infos()


def choose(workspace: Workspace, spec: str) -> Chosen:
    """The criterion that `spec` names. Raises NotFound, and InvalidInput for an option that cannot be so."""
    name, texts = split_spec(spec)
    info = describe(type(CRITERIA[name])) if name in CRITERIA else _users(workspace, name)
    return Chosen(info, write_spec(name, info.options, read_settings(name, info.options, texts)))


def _users(workspace: Workspace, name: str) -> CriterionInfo:
    found = [one for one in workspace.plugins.infos() if one.name == name]
    for one in found:
        if one.error is None:
            return one
    if found:
        sentence = (
            f"Criterion {name} of {found[0].source} was skipped: {found[0].error} Mend it and restart the server."
        )
        raise InvalidInput(sentence, criterion=name)
    there = ", ".join(one.name for one in listing(workspace) if one.error is None)
    raise NotFound(f"There is no criterion {name!r}; there are: {there}.", criterion=name)


def scores(workspace: Workspace, node: Node, spec: str) -> Scores:
    """A criterion's values with the units they belong to; computed and kept where they are missing."""
    nodes.require_ready(node, "scores")
    chosen = choose(workspace, spec)
    found = kept(workspace, node, chosen)
    if found is None:
        visitors.require_work_allowed(workspace, f"Scores by {chosen.spec} are")
        _wait(workspace, node, chosen)
        found = kept(workspace, node, chosen)
    if found is None:
        raise Unavailable(f"The scores of criterion {spec} are gone again; ask once more.")
    return found


def _wait(workspace: Workspace, node: Node, chosen: Chosen) -> None:
    try:
        jobs.wait_for(workspace, node, _job(workspace, node, chosen).id, SCORE_S)
    except TookTooLong as error:
        if chosen.info.source is None:
            raise
        sentence = (
            f"Criterion {chosen.spec} of {chosen.info.source} is slow: it was stopped after {SCORE_S:.0f} s on this "
            "network, and all previews waited for it. Make it faster and start the server anew, or let it take "
            f"longer by POST /api/nodes/{node.id}/scores."
        )
        raise Unavailable(sentence, criterion=chosen.info.name) from error


def compute(workspace: Workspace, node: Node, spec: str) -> Job | Scores:
    """The values where they are there, else the job that computes them, however long it takes."""
    nodes.require_ready(node, "scores")
    chosen = choose(workspace, spec)
    return kept(workspace, node, chosen) or _job(workspace, node, chosen)


def kept(workspace: Workspace, node: Node, chosen: Chosen) -> Scores | None:
    """The values where they are there; nothing is computed."""
    try:
        return _read(workspace.store, node.id, chosen)
    except NotFound:
        return None


@lru_cache(maxsize=16)
def _read(store: Store, node_id: int, chosen: Chosen) -> Scores:
    """Kept in memory, since what a criterion said of a node never changes; what is not there raises and is not kept."""
    arrays = store.nodes.scores(node_id, chosen.key)
    if arrays is None and chosen.spec == INSTABILITY:
        arrays = _instability(store, node_id)
    if arrays is None:
        raise NotFound(f"There are no scores by {chosen.spec} yet.")
    return _value(node_id, structure(store, node_id).layers, arrays, chosen)


def _instability(store: Store, node_id: int) -> ScoreArrays | None:
    """As every node has it beside its sensitivity, so that no pass is needed."""
    taylor = store.nodes.scores(node_id, DEFAULT)
    if taylor is None or taylor.instability is None:
        return None
    return replace(taylor, criterion=INSTABILITY, score=taylor.instability)


def _job(workspace: Workspace, node: Node, chosen: Chosen) -> Job:
    """The job that computes them: one that is under way, or a new one. Raises what a user's broke with before."""
    inputs = ScoreJob(criterion=chosen.spec, source=chosen.info.source, key=chosen.key)
    with workspace.store.transaction():  # asked twice at once makes one job
        for job in workspace.store.jobs.list(node.experiment_id):
            if job.kind != "score" or job.node_id != node.id or workspace.store.jobs.inputs(job.id, ScoreJob) != inputs:
                continue
            if job.state in ("waiting", "running"):
                return job
            if job.error is not None and "criterion" in job.error.details and chosen.info.source is not None:
                # The same text on the same node breaks again, and may take the worker along.
                raise error_from(**dict(job.error))
        made = workspace.store.jobs.add(NewJob(inputs, node.experiment_id, node.id))
    workspace.runner.wake(made.queue)
    return made


def _value(node_id: int, found: Layers, arrays: ScoreArrays, chosen: Chosen) -> Scores:
    """Arrays of a criterion as the value that plans and the page read."""
    names = [layer.name for layer in found.layers]
    score = _numbers(arrays.score)
    return Scores(
        node_id=node_id,
        criterion=chosen.spec,
        title=chosen.info.title,
        keep=chosen.info.keep,
        batches=arrays.batches,
        batch_size=arrays.batch_size,
        unit=[unit.id for unit in found.units],
        members=[[(names[layer], number) for layer, number in unit.members] for unit in found.units],
        free=[unit.free for unit in found.units],
        reason=[unit.reason for unit in found.units],
        score=score,
        sensitivity=score if chosen.spec == DEFAULT else None,
        instability=None if arrays.instability is None else _numbers(arrays.instability),
    )


def agreement(workspace: Workspace, node: Node, specs: Sequence[str] | None) -> Agreement:
    """How alike criteria order the node's free units; what is missing is computed first.

    Without `specs`: all that can be used. A user's that fails on this node is named and left out.
    """
    failed: dict[str, str] = {}
    found = []
    for spec in dict.fromkeys(specs or [one.name for one in listing(workspace) if one.error is None]):
        chosen = choose(workspace, spec)
        try:
            found.append(scores(workspace, node, chosen.spec))
        except CNNPrunerError as error:
            if chosen.info.source is None:
                raise
            failed[chosen.spec] = error.message
    if not found:
        raise InvalidInput(" ".join(failed.values()))
    free = np.array(found[0].free, dtype=np.bool_)
    orders = np.array([_keep_order(one) for one in found])[:, free]
    pairs = [[rank_correlation(one, other) for other in orders] for one in orders]
    return Agreement(
        node_id=node.id,
        criteria=[one.criterion for one in found],
        unit=[unit for unit, is_free in zip(found[0].unit, free, strict=True) if is_free],
        correlation=[_numbers(value for value, _ in row) for row in pairs],
        units=[[count for _, count in row] for row in pairs],
        ranks=[_numbers(row) for row in rank_by_criteria(orders)],
        skipped=failed,
    )


def _keep_order(found: Scores) -> list[float]:
    """Higher is kept; nan without a value."""
    sign = 1.0 if found.keep == "high" else -1.0
    return [math.nan if score is None else sign * score for score in found.score]


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in map(float, values)]
