"""Describes a whole tree, so that it can be compared with the same tree on another server."""

from typing import Any

from cnnpruner.store.sharing.bundles import INTERRUPTED_AUTOPILOT_MESSAGE, INTERRUPTED_NODE_MESSAGE
from tests.api.bundles.servers import Server

NAMELESS = {"id", "experiment_id", "job_id", "root_id", "version"}
NODES = {
    "node_id", "parent_id", "child_id", "good_id", "bad_id", "from_id", "reference_id", "against_id", "teacher",
    "nodes", "current_id",
}  # fmt: skip


def describe(server: Server, experiment_id: int) -> list[Any]:
    """Returns everything that the API shows of a tree."""
    nodes = server.get(f"/experiments/{experiment_id}/tree")["nodes"]
    numbers = {node["id"]: node["number"] for node in nodes}
    received: list[Any] = [numbers.get(node["parent_id"]) for node in nodes]
    for node in nodes:
        received += [node, server.get(f"/nodes/{node['id']}/epochs"), server.get(f"/nodes/{node['id']}/plans")]
        if node["state"] == "ready":
            views = ("layers", "latencies", "confusion", "scores?criterion=l1", "samples?limit=500")
            received += [server.get(f"/nodes/{node['id']}/{view}") for view in (*views, "suggestions")]
    received += [server.get(f"/experiments/{experiment_id}/{name}") for name in ("estimates", "autopilots")]
    return received


def comparable(server: Server, experiment_id: int) -> Any:
    """Returns the same with ids replaced by node numbers and plan names."""
    tree = server.get(f"/experiments/{experiment_id}/tree")["nodes"]
    nodes = {node["id"]: f"node {node['number']}" for node in tree}
    plans = {
        plan["id"]: f"{nodes[node['id']]}, plan {plan['name']}"
        for node in tree
        for plan in server.get(f"/nodes/{node['id']}/plans")
    }

    def named(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: named(value, name) for name, value in value.items() if name not in NAMELESS}
        if isinstance(value, list):
            return [named(value, key) for value in value]
        if key in NODES and value is not None:
            return nodes[value]
        return plans[value] if key == "plan_id" and value is not None else value

    return named(describe(server, experiment_id))


def as_interrupted(received: Any) -> Any:
    """Changes unfinished nodes and Autopilots to what they become on another server: cancelled and stopped."""
    for value in received:
        if isinstance(value, dict) and value.get("state") == "waiting":
            value |= {
                "state": "cancelled",
                "error": {"code": "left_behind", "message": INTERRUPTED_NODE_MESSAGE, "details": {}},
            }
    for autopilot in received[-1]:
        autopilot |= {
            "state": "stopped",
            "reason": INTERRUPTED_AUTOPILOT_MESSAGE,
            "finished_at": autopilot["created_at"],
        }
    return received
