"""The demo with a pruned branch: a few nodes, a map of samples, and an estimate."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.server import Server

STEPS: tuple[tuple[dict[str, Any], int], ...] = (
    ({"rule": "percent", "percent": 50, "max_layer_share": 0.6}, 3),
    ({"rule": "percent", "percent": 40, "max_layer_share": 0.5}, 0),
)
"""Rules and epochs of the branch. Every layer keeps at least a fifth of its filters, and the last node, which is
neither reconstructed nor fine-tuned, misclassifies many samples, whatever training reaches."""


@dataclass(frozen=True)
class DemoTree:
    """A server and the branch in its demo, the root first."""

    server: Server
    branch: tuple[dict[str, Any], ...]

    @property
    def last(self) -> dict[str, Any]:
        """The newest node of the branch; it has a map of samples."""
        return self.branch[-1]

    def open(self, page: Page, choice: str = "") -> None:
        """Open the page on the newest node; `choice` is appended to the query."""
        node = self.last
        page.goto(f"{self.server.url}/?experiment={node['experiment_id']}&node={node['id']}{choice}")
        expect(page.get_by_test_id("connection")).to_contain_text("live")
        expect(page.locator(f".crumbs [title^='Node {node['number']}']").first).to_be_visible()

    def draft(self, page: Page) -> None:
        """Draft the removal of a quarter of the filters."""
        gestures.draft_percent(page, 25)
        expect(page.locator("#model .radarbox svg")).to_be_visible()


def grow_tree(server: Server) -> DemoTree:
    """Add the branch, map and estimate by REST, with short training."""
    branch: list[dict[str, Any]] = [server.call("GET", f"/nodes/{server.demo_root()}")]
    for rule, epochs in STEPS:
        plan = server.call("POST", f"/nodes/{branch[-1]['id']}/plans", rule)
        body = {"training": {"epochs": epochs, "start": "cut"}, "note": f"{rule['percent']}%"}
        applied = server.call("POST", f"/plans/{plan['id']}/apply", body)
        branch.append(server.ready(applied["node"]["id"]))
    server.wait(server.call("POST", f"/nodes/{branch[-1]['id']}/embedding")["id"])
    demo_tree = DemoTree(server, tuple(branch))
    server.call("POST", f"/nodes/{branch[0]['id']}/estimate", estimate_request(demo_tree, 0.5))
    return demo_tree


def estimate_request(demo_tree: DemoTree, share: float) -> dict[str, Any]:
    """Body of an estimate whose target lies at `share` of the way from the last node's accuracy to the root's."""
    good, bad = demo_tree.branch[0], demo_tree.last
    assert bad["accuracy"] < good["accuracy"], "pruning without training must cost accuracy"
    target = bad["accuracy"] + share * (good["accuracy"] - bad["accuracy"])
    return {"target_accuracy": target, "good_id": good["id"], "bad_id": bad["id"]}
