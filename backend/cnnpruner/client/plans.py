"""Client calls for plans: draft, edit, preview, apply."""

from collections.abc import Callable
from typing import Any

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, DEFAULT_ORDER
from cnnpruner.domain.plans.plans import AppliedPlan, Plan, Preview
from cnnpruner.domain.plans.recipes import Recipe
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.suggestions import Suggestion, SuggestionStarted
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.training import TrainingStart


def _add_default_order(rule_fields: dict[str, Any]) -> dict[str, Any]:
    """Returns the fields of a rule, with defaults for a missing criterion or floor (minimum share of filters that each
    layer keeps). A rule that lists filters is returned unchanged.
    """
    if rule_fields.get("rule") == "filters":
        return rule_fields
    floor = {} if "max_layer_share" in rule_fields else {"floor": DEFAULT_FLOOR}
    return {"criterion": DEFAULT_ORDER} | floor | rule_fields


class PlanMixin:
    """Mixin that adds the calls for plans to `Client`."""

    _http: HttpClient
    wait: Callable[..., Job]
    scores: Callable[..., Scores]

    def plan(self, node_id: int, **rule_fields: Any) -> Plan:
        """Draft a plan for a node, for instance `plan(node.id, rule="percent", percent=50)`.

        By default, filters are ranked by `loss_change/macs^0.5`, and each layer keeps at least 10% of its filters; set
        `criterion` and `floor` to change this. `plan(…, **PAPER_ORDER)` ranks filters as in the paper. If necessary,
        waits until the scores have been computed.
        """
        body = _add_default_order(rule_fields)
        for criterion in (body.get("criterion"), body.get("within")):
            if criterion is not None:
                self.scores(node_id, criterion)  # has no time limit, unlike a draft that the server must score first
        return Plan.model_validate(self._http.call("POST", api_path("nodes", node_id, "plans"), body))

    def plans(self, node_id: int) -> list[Plan]:
        """The drafts and applied plans of a node, oldest first."""
        return [Plan.model_validate(value) for value in self._http.call("GET", api_path("nodes", node_id, "plans"))]

    def change_plan(self, plan_id: int, **changes: Any) -> Plan:
        """Edit a draft: its `rule`, `name` or `note`.

        For instance `change_plan(plan.id, rule=plan.rule.model_copy(update={"percent": 30}).model_dump(),
        revision=plan.revision)`. With `revision`, raises an error if someone else has edited the plan since that
        revision; without `revision`, their edit is overwritten.
        """
        return Plan.model_validate(self._http.call("PATCH", api_path("plans", plan_id), changes))

    def delete_plan(self, plan_id: int) -> None:
        """Delete a draft."""
        self._http.call("DELETE", api_path("plans", plan_id))

    def suggest(
        self,
        node_id: int,
        macs: float | None = None,
        accuracy: float | None = None,
        seconds: float = 60.0,
        show: Callable[[Job], None] | None = None,
        progress: bool = False,
        **settings: Any,
    ) -> Suggestion:
        """Search for the plan with the highest accuracy at a given cost, and wait for it: `suggest(node.id, macs=0.41)`
        for at most 41% of the node's MACs, `suggest(node.id, accuracy=0.9)` for the fewest MACs at which the
        reconstructed network reaches an accuracy of 90%.

        Other goals: `goal={"metric": "parameters", "value": 100_000}`. `seconds`: duration of the search. `seed`:
        random seed. `apply=True`: also apply the best plan, and train for at most `training_seconds` with the
        recommended settings. `show`: function that is repeatedly called with the running job. `progress`: show a
        progress bar. The best plan becomes a draft; its id is the `plan_id` of the returned suggestion.
        """
        if macs is not None:
            node = Node.model_validate(self._http.call("GET", api_path("nodes", node_id)))
            assert node.macs is not None
            settings["goal"] = {"metric": "macs", "value": macs * node.macs if macs <= 1 else macs}
        elif accuracy is not None:
            settings["goal"] = {"accuracy": accuracy}
        body = {"seconds": seconds, **settings}
        response = self._http.call("POST", api_path("nodes", node_id, "suggestions"), body)
        started_search = SuggestionStarted.model_validate(response)
        self.wait(started_search.job.id, show, progress)
        return self.suggestion(started_search.suggestion.id)

    def suggestion(self, suggestion_id: int) -> Suggestion:
        """Get a suggestion with the plans that its search has tried so far, best first."""
        return Suggestion.model_validate(self._http.call("GET", api_path("suggestions", suggestion_id)))

    def suggestions(self, node_id: int) -> list[Suggestion]:
        """The suggestions of a node, oldest first."""
        response = self._http.call("GET", api_path("nodes", node_id, "suggestions"))
        return [Suggestion.model_validate(value) for value in response]

    def draft_candidate(self, suggestion: Suggestion, index: int) -> Plan:
        """Draft any plan that a search has tried: `draft_candidate(suggestion, 1)` drafts the second best plan. The
        best plan, at index 0, is drafted automatically.
        """
        candidate = suggestion.candidates[index]
        accuracy = candidate.reconstructed
        note = (
            f"Tried by search {suggestion.id}: {accuracy.accuracy:.1%} after reconstruction, "
            f"on {accuracy.images:,} images."
        )
        body = candidate.rule.model_dump() | {"note": note}
        return Plan.model_validate(self._http.call("POST", api_path("nodes", suggestion.node_id, "plans"), body))

    def recipe(self, node_id: int, plan_id: int | None = None, seconds: float | None = None) -> Recipe:
        """The training settings that are recommended for a plan of the node, with the reasons: `apply(plan.id,
        training=client.recipe(node.id, plan.id).training.model_dump())`.

        `seconds`: maximum duration of the training.
        """
        return Recipe.model_validate(
            self._http.call("GET", api_path("nodes", node_id, "recipe", plan=plan_id, seconds=seconds))
        )

    def preview(self, plan_id: int) -> Preview:
        """The preview of a plan: the accuracy, before any training, of the network that the plan would create. Waits
        until it has been measured.
        """
        response = self._http.call("POST", api_path("plans", plan_id, "preview"))
        if "kind" in response:
            self.wait(response["id"])
            response = self._http.call("POST", api_path("plans", plan_id, "preview"))
        return Preview.model_validate(response)

    def apply(
        self,
        plan_id: int,
        training: dict[str, Any] | None = None,
        note: str | None = None,
        revision: int | None = None,
        start: TrainingStart | None = None,
    ) -> AppliedPlan:
        """Apply a plan, which creates a node. Returns at once; use `wait(applied.job.id)` to wait for the node.

        `start` selects the weights from which the training starts: `cut`, `recalibrated` or `reconstructed`; the
        default, `best`, is the most accurate of the three. With `revision`, raises an error if someone else has edited
        the plan since that revision.
        """
        body = {"training": training, "note": note, "revision": revision, "start": start}
        return AppliedPlan.model_validate(self._http.call("POST", api_path("plans", plan_id, "apply"), body))
