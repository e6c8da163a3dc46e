"""Scores of a node by any criterion, and how far criteria agree."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from cnnpruner.domain.criteria import Agreement, CriterionInfo
from cnnpruner.domain.layers import Layers
from cnnpruner.domain.nodes import Node
from cnnpruner.domain.results import ScoreArrays
from cnnpruner.domain.scores import Scores
from cnnpruner.engine.agreement import rank_correlation, rank_units_by
from cnnpruner.engine.criteria import CRITERIA
from cnnpruner.errors import NotFound, Unavailable
from cnnpruner.service import jobs, nodes
from cnnpruner.service.structures import structure
from cnnpruner.service.workspace import Workspace

SCORE_S = 120.0
"""Longest wait for a pass over the batches."""


def listing() -> list[CriterionInfo]:
    """All criteria, the default first."""
    return [
        CriterionInfo(
            name=one.name, title=one.title, help=one.help, keep=one.keep, needs=sorted(one.needs), unit=one.unit
        )
        for one in CRITERIA.values()
    ]


def scores(work: Workspace, node: Node, name: str) -> Scores:
    """A criterion's values with the units they belong to; computed and kept where they are missing."""
    nodes.require_ready(node, "scores")
    if name not in CRITERIA:
        raise NotFound(f"There is no criterion {name!r}; there are: {', '.join(CRITERIA)}.", criterion=name)
    arrays = work.store.nodes.scores(node.id, name)
    if arrays is None:
        jobs.wait(work, _job(work, node, name), SCORE_S)
        arrays = work.store.nodes.scores(node.id, name)
    if arrays is None:
        raise Unavailable(f"The scores of criterion {name} are gone again; ask once more.")
    return score_value(node.id, structure(work.store, node.id).layers, arrays)


def _job(work: Workspace, node: Node, name: str) -> int:
    """The job that computes them: one that is under way, or a new one."""
    for job in work.store.jobs.list(node.experiment_id, active=True):
        is_same = job.kind == "score" and job.node_id == node.id
        if is_same and work.store.jobs.inputs(job.id)["criterion"] == name:
            return job.id
    about = {"experiment_id": node.experiment_id, "node_id": node.id}
    return jobs.queue(work, jobs.describe("score", about, {"criterion": name})).id


def score_value(node_id: int, found: Layers, arrays: ScoreArrays) -> Scores:
    """Arrays of a criterion as the value that plans and the page read."""
    names = [layer.name for layer in found.layers]
    criterion = CRITERIA[arrays.criterion]
    score = _numbers(arrays.score)
    return Scores(
        node_id=node_id,
        criterion=criterion.name,
        title=criterion.title,
        keep=criterion.keep,
        batches=arrays.batches,
        batch_size=arrays.batch_size,
        unit=[unit.id for unit in found.units],
        members=[[(names[layer], number) for layer, number in unit.members] for unit in found.units],
        free=[unit.free for unit in found.units],
        reason=[unit.reason for unit in found.units],
        score=score,
        sensitivity=score if criterion.name == "taylor" else None,
        instability=None if arrays.instability is None else _numbers(arrays.instability),
    )


def agreement(work: Workspace, node: Node, names: Sequence[str] | None) -> Agreement:
    """How alike criteria (all unless named) order the node's free units; what is missing is computed first."""
    found = [scores(work, node, name) for name in dict.fromkeys(names or CRITERIA)]
    free = np.array(found[0].free, dtype=np.bool_)
    orders = np.array([_keep_order(one) for one in found])[:, free]
    pairs = [[rank_correlation(one, other) for other in orders] for one in orders]
    return Agreement(
        node_id=node.id,
        criteria=[one.criterion for one in found],
        unit=[unit for unit, is_free in zip(found[0].unit, free, strict=True) if is_free],
        correlation=[_numbers(value for value, _ in row) for row in pairs],
        units=[[count for _, count in row] for row in pairs],
        ranks=[_numbers(row) for row in rank_units_by(orders)],
    )


def _keep_order(found: Scores) -> list[float]:
    """Higher is kept; nan without a value."""
    sign = 1.0 if found.keep == "high" else -1.0
    return [math.nan if score is None else sign * score for score in found.score]


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in map(float, values)]
