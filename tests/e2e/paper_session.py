"""The session that the paper describes, done by a person's gestures in the page.

Half of all filters by one click; then steps of a quarter until a node does not recover; then the estimator between the
last good and the first bad node, until it advises to remove fewer than 5 %. What training reaches differs between
machines, so the session looks at what came out and goes on as a person would; where every step recovers, the last
one is not trained and so cannot.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.server import Server

FIRST_EPOCHS = 6

STEPS = (*[(25, 2)] * 4, (50, 0))
"""Percent and epochs, until a node does not recover."""

MOST_ROUNDS = 3
STOP = 0.05
"""The change below which the paper stops."""

FAR = 0.1
"""Accuracy that no trained step loses."""

SHARES = ("filters", "sensitivity", "instability")


@dataclass
class Report:
    """What was seen on the way."""

    first_cut: dict[str, float]
    """Shares that the first half carries, 0-1. The paper: 6 % of the sensitivity, 85 % of the instability."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    estimates: list[dict[str, Any]] = field(default_factory=list)
    ended: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass
class Autopilot:
    """A page, the server behind it, and the tree in it."""

    page: Page
    server: Server
    experiment_id: int

    def tree(self) -> list[dict[str, Any]]:
        """All nodes by number."""
        nodes: list[dict[str, Any]] = self.server.call("GET", f"/experiments/{self.experiment_id}/tree")["nodes"]
        return nodes

    def apply(self, reason: str) -> dict[str, Any]:
        """Apply the draft; the node that came of it, chosen in the page."""
        gestures.apply_plan(self.page, reason)
        child = self.server.ready(self.tree()[-1]["id"], timeout_s=240)
        gestures.choose_node(self.page, child["number"])
        expect(self.page.get_by_test_id("facts")).to_contain_text(f"{child['parameters']:,}")
        return child

    def cut(self, parent: dict[str, Any], percent: int, reason: str) -> dict[str, Any]:
        """A step from a node."""
        gestures.choose_node(self.page, parent["number"])
        gestures.draft_percent(self.page, percent)
        return self.apply(reason)


def run_session(page: Page, server: Server, root: dict[str, Any]) -> Report:
    """From the root to the end; the page then shows a sample that got worse and a plan with a filter put back."""
    way = Autopilot(page, server, root["experiment_id"])
    page.goto(f"{server.url}/?experiment={root['experiment_id']}&node={root['id']}")
    report, half = _halve(way, root)
    good, bad = _step_until_bad(way, root, half)
    _estimate(way, report, good, bad)
    _read_degraded(way, bad)
    report.nodes = [_row(node) for node in way.tree()]
    return report


def _halve(way: Autopilot, root: dict[str, Any]) -> tuple[Report, dict[str, Any]]:
    page = way.page
    gestures.choose_node(page, root["number"])
    gestures.set_epochs(page, FIRST_EPOCHS)
    gestures.draft_percent(page, 50)
    read = gestures.preview(page)
    assert re.search(r"as pruned|raw|re-estimated", read), read
    child = way.apply("half of all filters, as in the paper")
    shares = way.server.call("GET", f"/plans/{child['plan_id']}")["shares"]
    report = Report({name: shares[name] for name in SHARES})
    of = [f"{shares[name]:.0%} of the {name}" for name in SHARES[1:]]
    gestures.write_note(page, f"The half that went carried {', '.join(of)}.")
    _read_statistics(page, child)
    return report, child


def _read_statistics(page: Page, node: dict[str, Any]) -> None:
    """Recoverability and loss of a node, in the readout under the pointer."""
    readout = page.get_by_test_id("readout")
    for chart, word in (("recoverability", "%"), ("loss", "loss")):
        page.get_by_test_id(f"{chart}-{node['number']}").hover()
        expect(readout).to_contain_text(f"Node {node['number']}")
        expect(readout).to_contain_text(re.compile(word, re.IGNORECASE))


def _step_until_bad(
    way: Autopilot, good: dict[str, Any], child: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last node that recovered, and the first that did not, by its dashed edge; `child` was cut from `good`."""
    edges = way.page.locator("#tree path.edge.unrecovered")
    for step, (percent, epochs) in enumerate(STEPS, 1):
        if not child["recovered"]:
            break
        expect(edges).to_have_count(0)
        good = child
        gestures.set_epochs(way.page, epochs)
        child = way.cut(good, percent, f"step {step}")
    assert child["recovered"] is False, [_row(node) for node in way.tree()]
    expect(edges).to_have_count(1)
    dashes = edges.evaluate("edge => getComputedStyle(edge).strokeDasharray")
    assert dashes != "none"
    expect(way.page.get_by_test_id(f"node-{child['number']}")).to_contain_text("not recovered")
    return good, child


def _estimate(way: Autopilot, report: Report, good: dict[str, Any], bad: dict[str, Any]) -> None:
    """Between the good and the bad node, anew after each node that comes of it."""
    drop = good["accuracy"] - bad["accuracy"]
    # Right below a good node the line to one that fell far advises to remove nothing.
    target = round(good["accuracy"] - (0.005 if drop < FAR else drop / 2), 6)
    for _ in range(MOST_ROUNDS):
        estimate = _ask(way, target, good, bad)
        report.estimates.append({name: estimate[name] for name in ("keep", "remove", "change", "target_accuracy")})
        if estimate["change"] < STOP:
            expect(gestures.dialog(way.page, "estimate")).to_contain_text("time to stop")
            way.page.keyboard.press("Escape")
            gestures.expect_no_dialog(way.page)
            report.ended = "the estimator advised to remove fewer than 5 %"
            return
        gestures.dialog(way.page, "estimate").get_by_role("button", name="Draft this plan").click()
        gestures.expect_no_dialog(way.page)
        child = way.apply("as the estimator advises")
        good, bad = (child, bad) if child["accuracy"] >= target else (good, child)
    report.ended = f"after {MOST_ROUNDS} estimates, so that the session stays short"


def _ask(way: Autopilot, target: float, good: dict[str, Any], bad: dict[str, Any]) -> dict[str, Any]:
    gestures.choose_node(way.page, good["number"])
    way.page.get_by_test_id("estimate").click()
    form = gestures.dialog(way.page, "estimate")
    before = len(way.server.call("GET", f"/experiments/{way.experiment_id}/estimates"))
    form.locator("[name=target]").fill(f"{100 * target:.4f}")
    form.locator("[name=good]").select_option(str(good["id"]))
    form.locator("[name=bad]").select_option(str(bad["id"]))
    form.get_by_role("button", name="Estimate", exact=True).click()
    expect(form.locator("table.history tbody tr")).to_have_count(before + 1)
    expect(form.get_by_test_id("answer")).to_contain_text("on the line between")
    estimates = way.server.call("GET", f"/experiments/{way.experiment_id}/estimates")
    estimate: dict[str, Any] = max(estimates, key=lambda one: one["id"])
    expect(form.get_by_test_id("answer")).to_contain_text(f"Keep {estimate['keep']} of {good['filters']}")
    return estimate


def _read_degraded(way: Autopilot, bad: dict[str, Any]) -> None:
    """A sample that the bad node no longer gets right, its filters, and one of them put back into the network."""
    page = way.page
    gestures.choose_node(page, bad["number"])
    gestures.draft_percent(page, 25)
    degraded = page.locator("#filters [data-testid=samples] button[aria-label*=degraded]")
    expect(degraded.first).to_be_visible()
    degraded.first.click()
    expect(page.locator("#filters .sample")).to_contain_text(re.compile("true", re.IGNORECASE))
    removed = page.locator("#filters .card.removed")
    _choose_layer_with_removed(page)
    expect(removed.first.locator(".pic svg.hist")).to_be_visible(timeout=gestures.JOB_MS)
    _put_back(page)
    page.locator("#filters").get_by_role("button", name="Lay out samples").click()
    expect(page.get_by_test_id("map")).to_be_visible(timeout=gestures.JOB_MS)
    expect(page.locator("#filters .footer").first).to_contain_text("marked", timeout=gestures.JOB_MS)
    expect(page.get_by_test_id("job")).to_contain_text("No jobs", timeout=gestures.JOB_MS)


def _choose_layer_with_removed(page: Page) -> None:
    """The first layer of the list from which the plan removes something."""
    layers = page.get_by_test_id("filters-layer")
    for name in layers.locator("option").all_inner_texts():
        layers.select_option(name)
        expect(page.locator("#filters .cards .inner")).to_have_attribute(
            "aria-label", re.compile(f"^Filters of {re.escape(name)}\\.")
        )
        if not page.get_by_test_id("layer-removed").inner_text().startswith("0 "):
            return
    raise AssertionError("the plan removes nothing")


def _put_back(page: Page) -> None:
    """One that the rule would take: it stays by hand, and the rule takes the next."""
    number = page.locator("#filters .card.removed .no b").first.inner_text()
    page.get_by_test_id(f"filter-{number}").click()
    card = page.get_by_test_id(f"filter-{number}")
    expect(card).to_have_attribute("aria-pressed", "false")
    expect(card).to_contain_text("by hand")


def _row(node: dict[str, Any]) -> dict[str, Any]:
    names = ("number", "accuracy", "recovered", "filters", "parameters", "macs", "size_bytes", "epochs", "note")
    return {name: node[name] for name in names}
