"""Distance to the other filters of the layer: pruning by geometric median (He et al. 2019, arXiv:1811.00250)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.domain.plans.criteria import ChoiceOption
from cnnpruner.planning.criteria.base import FilterCriterion

if TYPE_CHECKING:
    from torch import Tensor


class Fpgm(FilterCriterion):
    """Σ ‖w − v‖₂ over all other filters v of the layer. The filter with the lowest sum is nearest to the geometric
    median, so the others can replace it. With the option `cosine`, which the authors' code also has, 1 − cos(w, v) is
    summed instead, which ignores norms.
    """

    name = "fpgm"
    title = "Distance to other filters (FPGM)"
    short = "distance (FPGM)"
    abbreviation = "dist"
    help = "How much the filter differs from the other filters in its layer: the sum of its distances to them."
    order = 80
    keep = "high"
    options = (
        ChoiceOption(
            name="distance",
            title="Distance",
            help="Euclidean distance, as in the paper, or cosine distance, which ignores the norm of the filters.",
            choices=["euclidean", "cosine"],
            default="euclidean",
        ),
    )

    def filter_values(self, weight: Tensor) -> Tensor:
        """Return Σ ‖w − v‖₂ for each filter, [F], or, with the option `cosine`, Σ (1 − cos(w, v))."""
        if self.settings["distance"] == "cosine":
            unit_vectors = weight / weight.norm(dim=1, keepdim=True).clamp_min(1e-12)
            distances: Tensor = 1 - unit_vectors @ unit_vectors.T
        else:
            squared_norms = weight.square().sum(1)
            # ‖w − v‖² = ‖w‖² + ‖v‖² − 2⟨w, v⟩ in float64: the Gram matrix [F, F] avoids a tensor [F, F, D].
            distances = (squared_norms[:, None] + squared_norms - 2 * weight @ weight.T).clamp_min(0).sqrt()
        return distances.fill_diagonal_(0).sum(1)
