"""A plan in the making: what hands and locks spare, what a rule may touch, and the sentences about what stayed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cnnpruner.domain.layers import Layers, Unit
from cnnpruner.domain.plans import FiltersRule, PlanRule
from cnnpruner.domain.scores import Scores
from cnnpruner.engine.structure import check_removable, filters_of_units, units_at, units_of_filters
from cnnpruner.engine.walk import Ranked, Walk, rank_by_place, rank_units
from cnnpruner.errors import InvalidInput


@dataclass
class Drafting:
    """A draft in the making: hands are carried out, `ranked` is what the rule may touch, lowest first."""

    layers: Layers
    walk: Walk
    ranked: Ranked
    notes: list[str] = field(default_factory=list)
    budget: int | None = None
    passed_over: list[int] = field(default_factory=list)
    """Units too large for what was left of the budget, while some that rank higher were not."""


def start_draft(layers: Layers, rule: PlanRule, scores: Scores | None) -> Drafting:
    """Carry out hands and locks; raises InvalidInput where they name what is not there or contradict each other."""
    removed = units_of_filters(layers, rule.removed)
    kept = {unit.id for unit in units_at(layers, rule.kept)}
    _check_hands(layers, kept, removed)
    check_names(layers, rule.locked)
    locked = {layer.index for layer in layers.layers if layer.name in rule.locked}
    spared = kept | set(removed) | {u.id for u in layers.units if locked and _touches(u, locked)}
    open_ = [unit for unit in layers.units if unit.id not in spared] if spared else layers.units
    by_hand = units_at(layers, rule.removed)
    if isinstance(rule, FiltersRule) and scores is None:
        return Drafting(layers, Walk(layers, by_hand, rule.max_layer_share), rank_by_place(open_))
    return Drafting(layers, Walk(layers, by_hand, rule.max_layer_share), rank_units(open_, needed(scores, rule)))


def _touches(unit: Unit, locked: set[int]) -> bool:
    return any(layer in locked for layer, _ in unit.members)


def _check_hands(layers: Layers, kept: set[int], removed: list[int]) -> None:
    check_removable(layers, removed)
    both = kept.intersection(removed)
    if both:
        first = filters_of_units(layers, both)
        raise InvalidInput(f"Kept and removed by hand at once: {first}. Decide for one.", filters=first)


def check_names(layers: Layers, names: Iterable[str]) -> None:
    """Raises InvalidInput for a name that is no layer of this network."""
    known = {layer.name for layer in layers.layers}
    for name in names:
        if name not in known:
            raise InvalidInput(f"There is no layer {name} in this network; see its list of layers.", layer=name)


def needed(scores: Scores | None, rule: PlanRule) -> Scores:
    """Raises InvalidInput where the rule ranks by scores that are not there."""
    if scores is None:
        raise InvalidInput(f"Rule {rule.rule} ranks filters by their scores, and there are none; score the node first.")
    return scores


def count_units(units: int) -> str:
    """For sentences."""
    return "1 unit" if units == 1 else f"{units} units"
