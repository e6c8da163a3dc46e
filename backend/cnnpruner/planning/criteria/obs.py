"""Estimates, to second order, how much the loss changes if a unit is removed and the next layers are refitted: greedy
optimal brain surgeon.
"""

from __future__ import annotations

from cnnpruner.planning.criteria.base import Criterion


class BrainSurgeon(Criterion):
    """Estimate of how much the loss rises when the units of a layer are removed one by one, and the layers that read
    them (the readers) are refitted after each removal.

    Each removal of a unit u adds ½ Σ g_f² · W_{f,u} ((H⁻¹)_{uu})⁻¹ W_{f,u}ᵀ, summed over the readers and their outputs
    f; the score of a unit is the total up to its own removal (Hassibi and Stork 1992; see
    `engine.scoring.brain_surgeon` for the symbols). The order within a layer is greedy. Scores of different layers can
    be compared only roughly.
    """

    name = "obs"
    title = "Loss change after refitting (greedy optimal brain surgeon)"
    short = "loss after refitting"
    abbreviation = "obs"
    help = (
        "How much the loss would change if the filters of a layer were removed one by one, with the next layers "
        "refitted after each removal. Use it to rank the filters of one layer; to compare layers, use another "
        "criterion."
    )
    keep = "high"
    needs = frozenset({"weights", "images", "labels"})
    unit = "nats per image"
    order = 18
