"""Converts arrays of scores to the values that plans and the page read."""

import math
from collections.abc import Iterable

from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.results import ScoreArrays

TAYLOR = "taylor"


def scores_from_arrays(
    node_id: int, layers: Layers, arrays: ScoreArrays, criterion_info: CriterionInfo, spec: str
) -> Scores:
    """Return the scores of a node's units. `spec`: name and options of the criterion."""
    names = [layer.name for layer in layers.layers]
    score = finite_or_none(arrays.score)
    return Scores(
        node_id=node_id,
        criterion=spec,
        title=criterion_info.title,
        keep=criterion_info.keep,
        batches=arrays.batches,
        batch_size=arrays.batch_size,
        unit=[unit.id for unit in layers.units],
        members=[[(names[layer], number) for layer, number in unit.members] for unit in layers.units],
        free=[unit.free for unit in layers.units],
        reason=[unit.reason for unit in layers.units],
        score=score,
        sensitivity=score if spec == TAYLOR else None,
        instability=None if arrays.instability is None else finite_or_none(arrays.instability),
    )


def finite_or_none(values: Iterable[float]) -> list[float | None]:
    """Return the values as a list in which nan is replaced by None."""
    return [None if math.isnan(value) else value for value in map(float, values)]
