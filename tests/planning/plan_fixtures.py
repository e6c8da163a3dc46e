"""Writes tests/fixtures: structures, rules and their results, used by the Python and the TypeScript tests.

`python -m tests.planning.plan_fixtures` updates them; a test fails if they are stale.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import torch

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import FiltersRule, LayersRule, PercentRule, PlanRule, TargetRule, ThresholdRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.structure import remove_units
from tests.zoo import IMAGE, make

FOLDER = Path(__file__).parent.parent / "fixtures"
NETWORKS = ("vgg", "resnet_a", "concat", "depthwise", "shuffle")
CURE = "run `python -m tests.planning.plan_fixtures` and commit the files"


def structure(name: str) -> Layers:
    """Structure of a network of the zoo, without line numbers in its reasons."""
    layers = trace_layers(make(name), torch.zeros(1, *IMAGE))
    units = [unit.model_copy(update={"reason": None if unit.free else "frozen"}) for unit in layers.units]
    return layers.model_copy(update={"units": units})


def make_scores(layers: Layers, seed: int, keep: Literal["high", "low"] = "high") -> Scores:
    """Seeded scores with ties, and none for the frozen units with odd ids."""
    generator = random.Random(seed)
    values = [None if not u.free and u.id % 2 else generator.randrange(40) / 40 for u in layers.units]
    return Scores(
        node_id=1,
        criterion="taylor",
        title="Taylor",
        keep=keep,
        batches=1,
        batch_size=1,
        unit=[unit.id for unit in layers.units],
        members=[[(layers.layers[index].name, number) for index, number in unit.members] for unit in layers.units],
        free=[unit.free for unit in layers.units],
        reason=[unit.reason for unit in layers.units],
        score=values,
        sensitivity=values,
        instability=[None if value is None else round(0.5 - value / 2, 6) for value in values],
    )


def make_within_scores(layers: Layers, seed: int) -> Scores:
    """Other seeded scores, of which low ones are kept, for the field `within` of a rule."""
    scores = make_scores(layers, seed + 100, "low")
    return scores.model_copy(update={"criterion": "obs", "sensitivity": None, "instability": None})


def rules(layers: Layers) -> list[PlanRule]:
    """Every rule with extreme values, overrides, locks and round widths."""
    cost = CostTable(layers).cost([])
    first, second = layers.layers[0].name, layers.layers[1].name
    free = [unit for unit in layers.units if unit.free]
    by_hand = [{layers.layers[unit.members[0][0]].name: [unit.members[0][1]]} for unit in (free[3], free[-2])]
    return [
        *(PercentRule(percent=percent) for percent in (0, 12.5, 30, 50, 77, 100)),
        PercentRule(percent=50, round_to=4),
        PercentRule(percent=60, round_to=8, locked=[first]),
        PercentRule(percent=40, kept=by_hand[0], removed=by_hand[1]),
        *(PercentRule(percent=60, max_layer_share=share) for share in (0.3, 0.0)),
        *(ThresholdRule(value=value) for value in (0.0, 0.25, 0.5, 2.0)),
        ThresholdRule(value=0.5, round_to=4, removed=by_hand[0]),
        LayersRule(shares={first: 0.5, second: 0.25}),
        LayersRule(shares={layers.layers[-1].name: 0.5, second: 1.0}, round_to=2),
        *(TargetRule(metric="parameters", value=cost.parameters * share) for share in (1.0, 0.6, 0.0)),
        *(TargetRule(metric="macs", value=cost.macs * share) for share in (0.8, 0.3)),
        TargetRule(metric="macs", value=cost.macs * 0.5, round_to=4),
        ThresholdRule(value=0.5, round_to=2, max_layer_share=0.45),
        TargetRule(metric="parameters", value=cost.parameters * 0.4, max_layer_share=0.5, removed=by_hand[1]),
        *(PercentRule(percent=45, criterion=f"taylor/{price}") for price in ("macs^0.5", "parameters^0.25", "bytes^1")),
        ThresholdRule(value=0.4, criterion="taylor/macs^0.5"),
        *(PercentRule(percent=45, scope=scope, criterion="taylor/macs^0.5") for scope in ("group", "alike")),
        ThresholdRule(value=0.3, scope="group", floor=0.5),
        LayersRule(shares={first: 0.5, second: 0.25}, criterion="taylor/bytes^0.75", scope="alike"),
        *(PercentRule(percent=70, floor=floor) for floor in (0.1, 0.55, 1.0)),
        *(TargetRule(metric="size_bytes", value=cost.size_bytes * share) for share in (0.7, 0.45)),
        TargetRule(metric="filters", value=cost.filters * 0.6, floor=0.3),
        TargetRule(metric="macs", value=cost.macs * 0.55, criterion="taylor/macs^0.5", floor=0.1, removed=by_hand[1]),
        *(PercentRule(percent=percent, within="obs") for percent in (30, 60)),
        TargetRule(metric="macs", value=cost.macs * 0.5, criterion="taylor/macs^0.5", within="obs", floor=0.1),
        ThresholdRule(value=0.4, scope="group", within="obs", kept=by_hand[0]),
        FiltersRule(filters=by_hand[0]),
        FiltersRule(filters=by_hand[0], removed=by_hand[1], locked=[second]),
    ]


def plan_cases() -> dict[str, Any]:
    """Rules on the networks of `cost_model.json`, with their units, budget, filters removed, skipped units and cost."""
    cases = []
    for seed, name in enumerate(NETWORKS):
        layers = structure(name)
        table = CostTable(layers)
        for keep in ("high", "low"):
            scores, within = make_scores(layers, seed, keep), make_within_scores(layers, seed)
            for rule in rules(layers):
                uses_within = not isinstance(rule, FiltersRule) and rule.within is not None
                draft = draft_plan(layers, rule, scores, table, within if uses_within else None)
                cases.append(
                    {
                        "network": name,
                        "keep": keep,
                        "rule": rule.model_dump(mode="json"),
                        "units": list(draft.units),
                        "budget": draft.budget,
                        "reached": draft.reached,
                        "passed_over": list(draft.skipped_units),
                        "cost": table.cost(draft.units).model_dump(),
                    }
                )
    structures = [structure(name) for name in NETWORKS]
    makers: dict[str, Callable[[Layers, int], Scores]] = {"scores": make_scores, "within": make_within_scores}
    dumped = {
        kind: {
            name: make(layers, seed).model_dump(mode="json")
            for seed, (name, layers) in enumerate(zip(NETWORKS, structures, strict=True))
        }
        for kind, make in makers.items()
    }
    return {**dumped, "cases": cases}


def cost_model() -> dict[str, Any]:
    """Structures and the cost of some of their cuts; `child` is the structure of a pruned network."""
    networks = {name: structure(name) for name in NETWORKS}
    half = draft_plan(networks["resnet_a"], PercentRule(percent=40), make_scores(networks["resnet_a"], 7))
    networks["attention"] = structure("attention")  # matrix products cost MACs that no cut changes
    networks["child"] = remove_units(networks["resnet_a"], half.units)
    cases = []
    for name, layers in networks.items():
        for seed, percent in enumerate((0, 10, 35, 60, 100)):
            draft = draft_plan(layers, PercentRule(percent=percent), make_scores(layers, seed))
            cost = CostTable(layers).cost(draft.units).model_dump()
            cases.append({"network": name, "units": list(draft.units), "cost": cost})
    return {"networks": {name: layers.model_dump(mode="json") for name, layers in networks.items()}, "cases": cases}


FILES = {"plan_cases.json": plan_cases, "cost_model.json": cost_model}


def render(value: dict[str, Any]) -> str:
    """One case per line, so that a diff shows which cases changed."""
    parts = []
    for key, content in value.items():
        items = content.items() if isinstance(content, dict) else enumerate(content)
        lines = [
            (f"{json.dumps(name)}: " if isinstance(content, dict) else "") + json.dumps(item, separators=(",", ":"))
            for name, item in items
        ]
        opening, closing = "{}" if isinstance(content, dict) else "[]"
        parts.append(f"{json.dumps(key)}: {opening}\n" + ",\n".join(lines) + f"\n{closing}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write all fixtures."""
    FOLDER.mkdir(exist_ok=True)
    for name, build in FILES.items():
        (FOLDER / name).write_text(render(build()))


if __name__ == "__main__":
    main()
