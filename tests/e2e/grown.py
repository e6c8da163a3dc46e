"""The demo after a round: a few nodes, a map of samples, an estimate."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.server import Server


@dataclass(frozen=True)
class Grown:
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


def grow(server: Server) -> Grown:
    """By REST, with short trainings."""
    root: dict[str, Any] = server.call("GET", f"/nodes/{server.demo_root()}")
    branch = [root]
    for percent, epochs in ((50, 3), (25, 1)):
        plan = server.call("POST", f"/nodes/{branch[-1]['id']}/plans", {"rule": "percent", "percent": percent})
        body = {"training": {"epochs": epochs}, "note": f"{percent} %"}
        applied = server.call("POST", f"/plans/{plan['id']}/apply", body)
        branch.append(server.ready(applied["node"]["id"]))
    server.wait(server.call("POST", f"/nodes/{branch[-1]['id']}/embedding")["id"])
    _estimate(server, branch)
    return Grown(server, tuple(branch))


def _estimate(server: Server, branch: list[dict[str, Any]]) -> None:
    """Midway between the best and the worst of the branch; where all are equal there is nothing to ask."""
    bad, *_, good = sorted(branch, key=lambda node: (node["accuracy"], node["filters"]))
    if bad["accuracy"] < good["accuracy"]:
        body = {
            "target_accuracy": (bad["accuracy"] + good["accuracy"]) / 2,
            "good_id": good["id"],
            "bad_id": bad["id"],
        }
        server.call("POST", f"/nodes/{good['id']}/estimate", body)
