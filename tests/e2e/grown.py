"""The demo after a round: a few nodes, a map of samples, an estimate."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.server import Server

STEPS: tuple[tuple[dict[str, Any], int], ...] = (
    ({"rule": "percent", "percent": 50, "max_layer_share": 0.6}, 3),
    ({"rule": "percent", "percent": 40, "max_layer_share": 0.5}, 0),
)
"""Rules and epochs of the branch. Whatever training reaches, every layer keeps a fifth of its filters, and the last
node, which is not trained after its cut, is wrong about many samples."""


@dataclass(frozen=True)
class GrownTree:
    """A server and the branch that grew in its demo, the root first."""

    server: Server
    branch: tuple[dict[str, Any], ...]

    @property
    def last(self) -> dict[str, Any]:
        """The newest node of the branch; its samples are laid out."""
        return self.branch[-1]

    def open(self, page: Page, choice: str = "") -> None:
        """The page on the newest node; `choice` is added to its query."""
        node = self.last
        page.goto(f"{self.server.url}/?experiment={node['experiment_id']}&node={node['id']}{choice}")
        expect(page.get_by_test_id("connection")).to_contain_text("live")
        expect(page.locator(f".crumbs [title^='Node {node['number']}']").first).to_be_visible()

    def draft(self, page: Page) -> None:
        """A quarter of the filters is to go."""
        gestures.draft_percent(page, 25)
        expect(page.locator("#model .radarbox svg")).to_be_visible()


def grow(server: Server) -> GrownTree:
    """By REST, with short trainings."""
    branch: list[dict[str, Any]] = [server.call("GET", f"/nodes/{server.demo_root()}")]
    for rule, epochs in STEPS:
        plan = server.call("POST", f"/nodes/{branch[-1]['id']}/plans", rule)
        body = {"training": {"epochs": epochs}, "note": f"{rule['percent']} %"}
        applied = server.call("POST", f"/plans/{plan['id']}/apply", body)
        branch.append(server.ready(applied["node"]["id"]))
    server.wait(server.call("POST", f"/nodes/{branch[-1]['id']}/embedding")["id"])
    grown = GrownTree(server, tuple(branch))
    server.call("POST", f"/nodes/{branch[0]['id']}/estimate", ask_between(grown, 0.5))
    return grown


def ask_between(grown: GrownTree, share: float) -> dict[str, Any]:
    """A question to the estimator, whose target lies at `share` of the way from the last node to the root."""
    good, bad = grown.branch[0], grown.last
    assert bad["accuracy"] < good["accuracy"], "a cut that is not trained harms"
    target = bad["accuracy"] + share * (good["accuracy"] - bad["accuracy"])
    return {"target_accuracy": target, "good_id": good["id"], "bad_id": bad["id"]}
