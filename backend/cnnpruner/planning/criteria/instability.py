"""Instability of the sensitivity (Li et al., IEEE TVCG 27(2), 2021) as a criterion of its own."""

from __future__ import annotations

from cnnpruner.planning.criteria.taylor import Taylor


class Instability(Taylor):
    """How far a unit's rank by sensitivity moves from batch to batch, 0-0.5; `planning/instability.py`.

    Units whose place is the same whatever is looked at are kept: of the others it is not sure what they are worth.
    """

    name = "instability"
    title = "Instability of the Taylor sensitivity"
    short = "instability"
    abbreviation = "instability"
    help = "How far the filter's rank by sensitivity moves from batch to batch, as a share of all ranks. Low is kept."
    scale = "linear"
    order = 20
    keep = "low"
    over_batches = "instability"
