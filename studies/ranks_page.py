"""Tables and figures about ranks in docs/, made from the stored data: `python -m studies.ranks_page`."""

import sys
from typing import Any, Self

import numpy as np
from pydantic import Field

from cnnpruner.domain.base import Value
from studies import figures, pages, records
from studies.records import NodeRecord
from studies.stability import boundary_effect, mean_by_tenth, top_to_bottom_ratio
from studies.statistics import FloatArray, IntervalEstimate, bootstrap, pooled_spearman, spearman

DATA = records.DOCS / "data" / "ranks.json"
PAGE = records.DOCS / "methods.md"
RAW, RECALIBRATED, TUNED = 0, 1, 2
"""Columns of a tree's points."""
NEAR_CHANCE = 0.15
"""With ten classes: the accuracy of guessing, plus five points."""


class Point(Value):
    """A node that was previewed and then tuned."""

    number: int
    parent: int
    rule: str
    raw: float
    recalibrated: float
    tuned: float

    @classmethod
    def of(cls, node: NodeRecord) -> Self:
        """Make a point of a node with a plan; all accuracies are 0-1, on the selection split."""
        assert node.plan is not None and node.parent is not None
        return cls(
            number=node.number,
            parent=node.parent,
            rule=node.plan.rule,
            raw=node.plan.raw,
            recalibrated=node.plan.recalibrated,
            tuned=node.accuracy,
        )


class DriftRecord(Value):
    """`stability.Drift` from a node to its child."""

    node: int = Field(description="number of the child")
    parent: int
    units: int
    correlation: float
    top: float
    bottom: float
    predicted: float


class TreeRecord(Value):
    """The stored results of one tree."""

    name: str
    network: str
    selection: int
    training: dict[str, Any]
    batches: int
    points: list[Point]
    sensitivity: list[float] = Field(description="of the root's free units")
    instability: list[float] = Field(description="of the same units, in the same order")
    drifts: list[DriftRecord]

    @property
    def title(self) -> str:
        """Name of the experiment without its prefix."""
        return self.name.partition(": ")[2] or self.name

    def columns(self) -> FloatArray:
        """Return accuracies [n, 3]: raw, re-estimated, tuned."""
        return np.array([[point.raw, point.recalibrated, point.tuned] for point in self.points])

    def scores(self) -> tuple[FloatArray, FloatArray]:
        """Return sensitivity [M] and instability [M]."""
        return np.array(self.sensitivity), np.array(self.instability)


class RanksRecord(Value):
    """The stored results of all trees."""

    trees: list[TreeRecord]


def read() -> RanksRecord:
    """Read what `studies.ranks` wrote."""
    return RanksRecord.model_validate_json(DATA.read_text())


def make_tables(record: RanksRecord) -> dict[str, str]:
    """Return Markdown by the name of its block in the page."""
    return {
        "previews": previews_table(record),
        "stability": stability_table(record),
        "drift": drift_table(record),
    }


def write() -> None:
    """Update the tables in the page and draw the figures."""
    record = read()
    pages.update(PAGE, make_tables(record))
    figures.draw_previews([(tree.title, tree.columns()) for tree in record.trees])
    curves = [(tree.title, *_curves(tree)) for tree in record.trees]
    figures.draw_stability(curves, [tree.scores() for tree in record.trees])


def previews_table(record: RanksRecord) -> str:
    """Return a table of rank correlations of both previews with the tuned accuracy, and of their difference."""
    header = ["tree", "n", "raw", "re-estimated", "difference", "near chance: raw, re-estimated"]
    all_points = [tree.columns() for tree in record.trees]
    trees = [(tree.title, [points]) for tree, points in zip(record.trees, all_points, strict=True)]
    rows = []
    for name, points in [*trees, ("all, ranked within trees", all_points)]:
        near_chance = (np.concatenate(points) < NEAR_CHANCE).sum(axis=0)
        size = str(sum(map(len, points)))
        rows.append([name, size, *_correlations(points), f"{near_chance[RAW]}, {near_chance[RECALIBRATED]}"])
    return pages.table(header, rows)


def stability_table(record: RanksRecord) -> str:
    """Return a table of the instability of the most and least sensitive tenth, observed and by the boundary alone."""
    header = ["tree", "units", "zero", "bottom tenth", "middle", "top tenth", "top / bottom", "next tenths inward"]
    header += ["boundary effect: bottom, middle, top"]
    rows = []
    for tree in record.trees:
        observed, null = _curves(tree)
        sensitivity, instability = tree.scores()
        zero = str(int((sensitivity == 0).sum()))
        ratios = [_format(top_to_bottom_ratio(sensitivity, instability, inward)) for inward in (0, 1)]
        rows.append(
            [tree.title, str(len(sensitivity)), zero, *_summarise(observed), *ratios, ", ".join(_summarise(null))]
        )
    return pages.table(header, rows)


def drift_table(record: RanksRecord) -> str:
    """Return a table of how ranks move from nodes to children, means over the children."""
    header = [
        "tree",
        "children",
        "rank correlation",
        "top tenth moved",
        "bottom tenth moved",
        "predicted by instability",
    ]
    rows = []
    for tree in record.trees:
        values = np.array([[drift.correlation, drift.top, drift.bottom, drift.predicted] for drift in tree.drifts])
        means = [bootstrap([values[:, [column]]], _mean) for column in range(values.shape[1])]
        rows.append([tree.title, str(len(values)), *map(_format, means)])
    return pages.table(header, rows)


def _summarise(tenths: FloatArray) -> list[str]:
    """Format the bottom, the middle and the top tenth."""
    return [f"{value:.3f}" for value in (tenths[0], tenths[4:6].mean(), tenths[-1])]


def _mean(trees: Any) -> float:
    return float(trees[0].mean())


def _correlations(trees: list[FloatArray]) -> list[str]:
    def correlate(column: int, drawn: Any) -> float:
        pairs = [(tree[:, column], tree[:, TUNED]) for tree in drawn]
        return spearman(*pairs[0]) if len(pairs) == 1 else pooled_spearman(pairs)

    estimates = [
        bootstrap(trees, lambda drawn: correlate(RAW, drawn)),
        bootstrap(trees, lambda drawn: correlate(RECALIBRATED, drawn)),
        bootstrap(trees, lambda drawn: correlate(RECALIBRATED, drawn) - correlate(RAW, drawn)),
    ]
    return [_format(estimate) for estimate in estimates]


def _curves(tree: TreeRecord) -> tuple[FloatArray, FloatArray]:
    sensitivity, instability = tree.scores()
    return mean_by_tenth(sensitivity, instability), boundary_effect(sensitivity, instability, tree.batches)


def _format(estimate: IntervalEstimate) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name} and its figures are up to date\n")
