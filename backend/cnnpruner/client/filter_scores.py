"""Scores as arrays, an entry for each filter."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnpruner.client.extras import require
from cnnpruner.domain.plans.scores import Scores


@dataclass(frozen=True)
class FilterScores:
    """F filters of a node in one order; filters of one unit share its values."""

    criterion: str
    keep: str
    """`high` or `low`: which end of the scale the criterion keeps."""
    layer: NDArray[np.str_]
    """[F] names of layers."""
    number: NDArray[np.int64]
    """[F] original numbers."""
    unit: NDArray[np.int64]
    """[F] ids of units: what is removed together."""
    free: NDArray[np.bool_]
    """[F] may be removed."""
    score: NDArray[np.float64]
    """[F] values as the literature has them; nan where there is none."""
    instability: NDArray[np.float64]
    """[F] 0-0.5; nan where there is none."""

    def frame(self) -> Any:
        """A pandas DataFrame, a row per filter."""
        columns = ("layer", "number", "unit", "free", "score", "instability")
        return require("pandas", "A table of scores").DataFrame({name: getattr(self, name) for name in columns})

    def plot(self, axes: Any = None) -> Any:
        """A row of dots per layer on matplotlib axes, new ones unless given; grey: frozen. Gives the axes."""
        names = list(dict.fromkeys(self.layer.tolist()))
        axes = axes or require("matplotlib.pyplot", "A figure").subplots(figsize=(7, 0.6 + 0.28 * len(names)))[1]
        row = np.array([names.index(name) for name in self.layer])
        axes.scatter(self.score[~self.free], row[~self.free], s=8, color="0.6", label="frozen")
        axes.scatter(self.score[self.free], row[self.free], s=8, label="free")
        axes.set(yticks=range(len(names)), yticklabels=names, xlabel=f"{self.criterion} (keeps {self.keep})")
        axes.invert_yaxis()
        axes.legend()
        return axes

    def _repr_html_(self) -> str:
        return f"<b>{self.criterion}</b>: {len(self.score)} filters, {int(self.free.sum())} of them free"


def list_filters(scores: Scores) -> FilterScores:
    """A filter for each member of each unit."""
    members = [(unit, layer, number) for unit, own in enumerate(scores.members) for layer, number in own]
    at = np.array([unit for unit, *_ in members], dtype=np.int64)
    none = [None] * len(scores.unit)
    return FilterScores(
        criterion=scores.criterion,
        keep=scores.keep,
        layer=np.array([layer for _, layer, _ in members]),
        number=np.array([number for *_, number in members], dtype=np.int64),
        unit=np.array(scores.unit, dtype=np.int64)[at],
        free=np.array(scores.free, dtype=np.bool_)[at],
        score=np.array(scores.score, dtype=np.float64)[at],
        instability=np.array(scores.instability or none, dtype=np.float64)[at],
    )
