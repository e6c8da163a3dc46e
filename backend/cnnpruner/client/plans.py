"""What the client can do with plans: draft, edit, preview, apply."""

from collections.abc import Callable
from typing import Any

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Applied, Plan, Preview


class PlanCalls:
    """Part of `Client`."""

    _http: Http
    wait: Callable[..., Job]

    def plan(self, node_id: int, **rule: Any) -> Plan:
        """Draft a plan, for instance `plan(node.id, rule="percent", percent=50)`."""
        return Plan.model_validate(self._http.call("POST", place("nodes", node_id, "plans"), rule))

    def plans(self, node_id: int) -> list[Plan]:
        """Drafts and applied plans of a node, the oldest first."""
        return [Plan.model_validate(one) for one in self._http.call("GET", place("nodes", node_id, "plans"))]

    def change_plan(self, plan_id: int, **changes: Any) -> Plan:
        """Edit a draft: its `rule`, `name` or `note`.

        For instance `change_plan(plan.id, rule=plan.rule.model_copy(update={"percent": 30}).model_dump(),
        revision=plan.revision)`. With `revision`, an edit by somebody else meanwhile is an error; without, it is lost.
        """
        return Plan.model_validate(self._http.call("PATCH", place("plans", plan_id), changes))

    def delete_plan(self, plan_id: int) -> None:
        """Throw a draft away."""
        self._http.call("DELETE", place("plans", plan_id))

    def preview(self, plan_id: int) -> Preview:
        """Accuracy of the cut network without training; waits for it."""
        answer = self._http.call("POST", place("plans", plan_id, "preview"))
        if "kind" in answer:
            self.wait(answer["id"])
            answer = self._http.call("POST", place("plans", plan_id, "preview"))
        return Preview.model_validate(answer)

    def apply(
        self,
        plan_id: int,
        training: dict[str, Any] | None = None,
        note: str | None = None,
        revision: int | None = None,
    ) -> Applied:
        """Make a node of the plan; returns at once, `wait(applied.job.id)` waits.

        With `revision`, an edit by somebody else since is an error.
        """
        body = {"training": training, "note": note, "revision": revision}
        return Applied.model_validate(self._http.call("POST", place("plans", plan_id, "apply"), body))
