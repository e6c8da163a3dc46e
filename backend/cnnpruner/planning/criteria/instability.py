"""The rank instability of the sensitivity (Li et al., IEEE TVCG 27(2), 2021) as a criterion in its own right."""

from __future__ import annotations

from cnnpruner.planning.criteria.taylor import Taylor


class Instability(Taylor):
    """How much a unit's rank by sensitivity changes from batch to batch, from 0 to 0.5; see `planning/instability.py`.

    Units with a stable rank are kept, because the importance of units with an unstable rank is uncertain.
    """

    name = "instability"
    title = "Instability of the Taylor sensitivity"
    short = "instability"
    abbreviation = "instability"
    help = (
        "How much the filter's rank by sensitivity changes between batches, as a share of all ranks. Filters with low "
        "values are kept."
    )
    scale = "linear"
    order = 20
    keep = "low"
    over_batches = "instability"
