"""The content of a plan that does not depend on the database: what its rule removes, and the cost of the network before
and after the removal.
"""

from typing import Any

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.rules import PlanRule
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.rules import draft_plan
from cnnpruner.planning.shares import compute_shares


def build_plan_content(
    layers: Layers,
    table: CostTable,
    rule: PlanRule,
    scores: Scores | None,
    within: Scores | None,
    taylor_scores: Scores | None,
) -> dict[str, Any]:
    """Return the JSON fields of a plan that follow from its rule. Raises the same errors as `draft_plan`.

    scores, within: by the rule's criteria, as for `draft_plan`. taylor_scores: the sensitivities from which the shares
    are computed; None if the node has none.
    """
    drafted_plan = draft_plan(layers, rule, taylor_scores if scores is None else scores, table, within)
    cost_before, cost_after = table.cost([]), table.cost(drafted_plan.units)
    return {
        "rule": rule.model_dump(mode="json"),
        "filters": drafted_plan.filters,
        "units": list(drafted_plan.units),
        "budget": drafted_plan.budget,
        "reached": drafted_plan.reached,
        "notes": list(drafted_plan.notes),
        "now": cost_before.model_dump(),
        "cost": cost_after.model_dump(),
        "shares": compute_shares(layers, drafted_plan.units, taylor_scores, cost_before, cost_after).model_dump(),
    }
