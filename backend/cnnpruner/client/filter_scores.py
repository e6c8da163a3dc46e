"""The scores of a node's filters as arrays with one entry per filter."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnpruner.client.extras import import_optional_module
from cnnpruner.domain.plans.scores import Scores


@dataclass(frozen=True)
class FilterScores:
    """Scores of the F filters of a node. All filters of a unit have the same scores."""

    criterion: str
    keep: str
    """Whether the criterion keeps filters with `high` or `low` scores."""
    layer: NDArray[np.str_]
    """[F] name of each filter's layer."""
    number: NDArray[np.int64]
    """[F] original number of each filter."""
    unit: NDArray[np.int64]
    """[F] id of each filter's unit; filters of the same unit are removed together."""
    free: NDArray[np.bool_]
    """[F] whether each filter can be removed."""
    score: NDArray[np.float64]
    """[F] score of each filter, with the sign used in the literature; nan if the filter has no score."""
    instability: NDArray[np.float64]
    """[F] how much each filter's rank depends on the choice of images, 0-0.5; nan if this was not measured."""

    def frame(self) -> Any:
        """Returns a pandas DataFrame with one row per filter."""
        columns = ("layer", "number", "unit", "free", "score", "instability")
        return import_optional_module("pandas", "A table of scores").DataFrame(
            {name: getattr(self, name) for name in columns}
        )

    def plot(self, axes: Any = None) -> Any:
        """Plots the scores as one row of dots per layer, with frozen filters in gray. Draws on new matplotlib axes by
        default; returns the axes.
        """
        names = list(dict.fromkeys(self.layer.tolist()))
        axes = (
            axes
            or import_optional_module("matplotlib.pyplot", "A figure").subplots(figsize=(7, 0.6 + 0.28 * len(names)))[1]
        )
        row = np.array([names.index(name) for name in self.layer])
        axes.scatter(self.score[~self.free], row[~self.free], s=8, color="0.6", label="frozen")
        axes.scatter(self.score[self.free], row[self.free], s=8, label="free")
        axes.set(
            yticks=range(len(names)),
            yticklabels=names,
            xlabel=f"{self.criterion} (filters with {self.keep} scores are kept)",
        )
        axes.invert_yaxis()
        axes.legend()
        return axes

    def _repr_html_(self) -> str:
        return f"<b>{self.criterion}</b>: {len(self.score)} filters, of which {int(self.free.sum())} can be removed"


def to_filter_scores(scores: Scores) -> FilterScores:
    """Converts the scores of units to scores of filters."""
    filters = [(index, layer, number) for index, unit in enumerate(scores.members) for layer, number in unit]
    unit_index = np.array([index for index, *_ in filters], dtype=np.int64)
    missing_values = [None] * len(scores.unit)
    return FilterScores(
        criterion=scores.criterion,
        keep=scores.keep,
        layer=np.array([layer for _, layer, _ in filters]),
        number=np.array([number for *_, number in filters], dtype=np.int64),
        unit=np.array(scores.unit, dtype=np.int64)[unit_index],
        free=np.array(scores.free, dtype=np.bool_)[unit_index],
        score=np.array(scores.score, dtype=np.float64)[unit_index],
        instability=np.array(scores.instability or missing_values, dtype=np.float64)[unit_index],
    )
