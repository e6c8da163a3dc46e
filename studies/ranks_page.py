"""Tables and figures about ranks in docs/, made from the kept data alone: `python -m studies.ranks_page`."""

import sys
from typing import Any, Self

import numpy as np
from pydantic import Field

from cnnpruner.domain.base import Value
from studies import figures, pages, records
from studies.records import NodeRecord
from studies.stability import bound_alone, curve, ends
from studies.statistics import Floats, Span, bootstrap, pooled_spearman, spearman

DATA = records.DOCS / "data" / "ranks.json"
PAGE = records.DOCS / "methods.md"
RAW, RECALIBRATED, TUNED = 0, 1, 2
"""Columns of a tree's points."""
NEAR_CHANCE = 0.15
"""Ten classes: what guessing gives, and five points."""


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
        """All accuracies 0-1, selection split."""
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
    foretold: float


class TreeRecord(Value):
    """What the study keeps of one tree."""

    name: str
    network: str
    selection: int
    training: dict[str, Any]
    batches: int
    points: list[Point]
    sensitivity: list[float] = Field(description="of the root's free units")
    instability: list[float] = Field(description="in the same order")
    drifts: list[DriftRecord]

    @property
    def title(self) -> str:
        """Without what the experiment is for."""
        return self.name.partition(": ")[2] or self.name

    def columns(self) -> Floats:
        """[n, 3]: raw, re-estimated, tuned."""
        return np.array([[one.raw, one.recalibrated, one.tuned] for one in self.points])

    def scores(self) -> tuple[Floats, Floats]:
        """[M] sensitivity and [M] instability."""
        return np.array(self.sensitivity), np.array(self.instability)


class RanksRecord(Value):
    """All trees."""

    trees: list[TreeRecord]


def read() -> RanksRecord:
    """What `studies.ranks` wrote."""
    return RanksRecord.model_validate_json(DATA.read_text())


def blocks(kept: RanksRecord) -> dict[str, str]:
    """Name → Markdown."""
    return {"previews": previews(kept), "stability": stability(kept), "drift": drifts(kept)}


def write() -> None:
    """Fill the page and draw the figures."""
    kept = read()
    pages.fill(PAGE, blocks(kept))
    figures.previews([(tree.title, tree.columns()) for tree in kept.trees])
    figures.stability([(tree.title, *_curves(tree)) for tree in kept.trees], [tree.scores() for tree in kept.trees])


def previews(kept: RanksRecord) -> str:
    """Rank correlations of both previews with the tuned accuracy, and of their difference."""
    header = ["tree", "n", "raw", "re-estimated", "difference", "near chance: raw, re-estimated"]
    every = [tree.columns() for tree in kept.trees]
    trees = [(tree.title, [points]) for tree, points in zip(kept.trees, every, strict=True)]
    rows = []
    for name, points in [*trees, ("all, ranked within trees", every)]:
        blind = (np.concatenate(points) < NEAR_CHANCE).sum(axis=0)
        size = str(sum(map(len, points)))
        rows.append([name, size, *_correlations(points), f"{blind[RAW]}, {blind[RECALIBRATED]}"])
    return pages.table(header, rows)


def stability(kept: RanksRecord) -> str:
    """Instability of the most and the least sensitive tenth, seen and by the bound alone."""
    header = ["tree", "units", "silent", "bottom tenth", "middle", "top tenth", "top / bottom", "next tenths inwards"]
    header += ["bound alone: bottom, middle, top"]
    rows = []
    for tree in kept.trees:
        seen, null = _curves(tree)
        sensitivity, instability = tree.scores()
        silent = str(int((sensitivity == 0).sum()))
        ratios = [_span(ends(sensitivity, instability, inwards)) for inwards in (0, 1)]
        rows.append([tree.title, str(len(sensitivity)), silent, *_three(seen), *ratios, ", ".join(_three(null))])
    return pages.table(header, rows)


def drifts(kept: RanksRecord) -> str:
    """How ranks move from nodes to children, means over the children."""
    header = [
        "tree",
        "children",
        "rank correlation",
        "top tenth moved",
        "bottom tenth moved",
        "foretold by instability",
    ]
    rows = []
    for tree in kept.trees:
        found = np.array([[one.correlation, one.top, one.bottom, one.foretold] for one in tree.drifts])
        spans = [bootstrap([found[:, [column]]], _mean) for column in range(found.shape[1])]
        rows.append([tree.title, str(len(found)), *map(_span, spans)])
    return pages.table(header, rows)


def _three(tenths: Floats) -> list[str]:
    return [f"{value:.3f}" for value in (tenths[0], tenths[4:6].mean(), tenths[-1])]


def _mean(trees: Any) -> float:
    return float(trees[0].mean())


def _correlations(trees: list[Floats]) -> list[str]:
    def one(column: int, drawn: Any) -> float:
        pairs = [(tree[:, column], tree[:, TUNED]) for tree in drawn]
        return spearman(*pairs[0]) if len(pairs) == 1 else pooled_spearman(pairs)

    spans = [
        bootstrap(trees, lambda drawn: one(RAW, drawn)),
        bootstrap(trees, lambda drawn: one(RECALIBRATED, drawn)),
        bootstrap(trees, lambda drawn: one(RECALIBRATED, drawn) - one(RAW, drawn)),
    ]
    return [_span(span) for span in spans]


def _curves(tree: TreeRecord) -> tuple[Floats, Floats]:
    sensitivity, instability = tree.scores()
    return curve(sensitivity, instability), bound_alone(sensitivity, instability, tree.batches)


def _span(span: Span) -> str:
    return f"{span.value:.2f} ({span.low:.2f} to {span.high:.2f})"


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name} and its figures are up to date\n")
