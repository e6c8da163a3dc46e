"""Second-order change of the loss if the next layers are refitted: greedy optimal brain surgeon."""

from __future__ import annotations

from cnnpruner.planning.criteria.base import Criterion


class BrainSurgeon(Criterion):
    """What the loss is estimated to lose when units are removed one by one from their layers and the readers are
    refitted after each: ½ Σ over readers and their outputs f of g_f² · W_{f,u} ((H⁻¹)_{uu})⁻¹ W_{f,u}ᵀ, added up over
    the removals of the same layers so far (Hassibi and Stork 1992; `engine.scoring.brain_surgeon`). The order within a
    layer is greedy; between layers the values only compare roughly.
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
