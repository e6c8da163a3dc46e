"""The session that the paper describes, performed by user actions in the page.

First, half of all filters are removed with one click, then a quarter in each step until a node does not recover. Then
the estimator is used between the last good and the first bad node until it advises to remove fewer than 5%. Accuracies
differ between machines, so each action depends on the results so far, as a person's would; the last step is not
trained, so that at least one node does not recover.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.server import Server

FIRST_EPOCHS = 6

STEPS = (*[(25, 2)] * 4, (50, 0))
"""Percentage and epochs of each step; the steps end when a node does not recover."""

MAX_ROUNDS = 3
STOP = 0.05
"""The share of filters below which the paper stops."""

LARGE_DROP = 0.1
"""A loss of accuracy that no trained step reaches."""

SHARES = ("filters", "sensitivity", "instability")


@dataclass
class Report:
    """Results of the session."""

    first_cut: dict[str, float]
    """Shares of the first half of filters, 0–1. In the paper: 6% of the sensitivity, 85% of the instability."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    estimates: list[dict[str, Any]] = field(default_factory=list)
    ended: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


@dataclass
class Session:
    """A page, its server, and the experiment shown."""

    page: Page
    server: Server
    experiment_id: int

    def tree(self) -> list[dict[str, Any]]:
        """All nodes, ordered by number."""
        nodes: list[dict[str, Any]] = self.server.call("GET", f"/experiments/{self.experiment_id}/tree")["nodes"]
        return nodes

    def apply(self, reason: str) -> dict[str, Any]:
        """Apply the draft; returns the new node, which is then chosen in the page."""
        gestures.apply_plan(self.page, reason)
        child = self.server.ready(self.tree()[-1]["id"], timeout_s=240)
        gestures.choose_node(self.page, child["number"])
        expect(self.page.get_by_test_id("facts")).to_contain_text(f"{child['parameters']:,}")
        return child

    def prune(self, parent: dict[str, Any], percent: int, reason: str) -> dict[str, Any]:
        """Remove a percentage of a node's filters; returns the new node."""
        gestures.choose_node(self.page, parent["number"])
        gestures.use_paper_order(self.page)
        gestures.draft_percent(self.page, percent)
        return self.apply(reason)


def run_session(page: Page, server: Server, root: dict[str, Any]) -> Report:
    """Run the whole session; at its end the page shows a degraded sample and a plan with a filter put back."""
    session = Session(page, server, root["experiment_id"])
    page.goto(f"{server.url}/?experiment={root['experiment_id']}&node={root['id']}")
    report, half = _halve(session, root)
    good, bad = _step_until_bad(session, root, half)
    _estimate(session, report, good, bad)
    _open_degraded_sample(session, bad)
    report.nodes = [_row(node) for node in session.tree()]
    return report


def _halve(session: Session, root: dict[str, Any]) -> tuple[Report, dict[str, Any]]:
    page = session.page
    gestures.choose_node(page, root["number"])
    gestures.set_epochs(page, FIRST_EPOCHS, start="cut")  # as the paper does
    gestures.use_paper_order(page)
    gestures.draft_percent(page, 50)
    text = gestures.preview(page)
    assert re.search(r"as cut|raw|re-estimated", text), text
    child = session.apply("half of all filters, as in the paper")
    shares = session.server.call("GET", f"/plans/{child['plan_id']}")["shares"]
    report = Report({name: shares[name] for name in SHARES})
    parts = [f"{shares[name]:.0%} of the {name}" for name in SHARES[1:]]
    gestures.write_note(page, f"The removed half carried {' and '.join(parts)}.")
    _check_statistics(page, child)
    return report, child


def _check_statistics(page: Page, node: dict[str, Any]) -> None:
    """Check that hovering the charts shows a node's recoverability and loss."""
    readout = page.get_by_test_id("readout")
    for chart, word in (("recoverability", "%"), ("loss", "loss")):
        page.get_by_test_id(f"{chart}-{node['number']}").hover()
        expect(readout).to_contain_text(f"Node {node['number']}")
        expect(readout).to_contain_text(re.compile(word, re.IGNORECASE))


def _step_until_bad(
    session: Session, good: dict[str, Any], child: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the last node that recovered and the first that did not; `child` is a child of `good`."""
    edges = session.page.locator("#tree path.edge.unrecovered")
    for step, (percent, epochs) in enumerate(STEPS, 1):
        if not child["recovered"]:
            break
        expect(edges).to_have_count(0)
        good = child
        gestures.set_epochs(session.page, epochs)
        child = session.prune(good, percent, f"step {step}")
    assert child["recovered"] is False, [_row(node) for node in session.tree()]
    expect(edges).to_have_count(1)
    dashes = edges.evaluate("edge => getComputedStyle(edge).strokeDasharray")
    assert dashes != "none"
    expect(session.page.get_by_test_id(f"node-{child['number']}")).to_contain_text("not recovered")
    return good, child


def _estimate(session: Session, report: Report, good: dict[str, Any], bad: dict[str, Any]) -> None:
    """Estimate between the good and the bad node, and again after each node made from an estimate."""
    drop = good["accuracy"] - bad["accuracy"]
    # With a large drop, a target right below the good node would lead to the advice to remove nothing.
    target = round(good["accuracy"] - (0.005 if drop < LARGE_DROP else drop / 2), 6)
    for _ in range(MAX_ROUNDS):
        estimate = _request_estimate(session, target, good, bad)
        report.estimates.append({name: estimate[name] for name in ("keep", "remove", "change", "target_accuracy")})
        if estimate["change"] < STOP:
            expect(gestures.dialog(session.page, "estimate")).to_contain_text("not worthwhile")
            session.page.keyboard.press("Escape")
            gestures.expect_no_dialog(session.page)
            report.ended = "the estimator advised to remove fewer than 5%"
            return
        gestures.dialog(session.page, "estimate").get_by_role("button", name="Create a draft").click()
        gestures.expect_no_dialog(session.page)
        child = session.apply("as the estimator advises")
        good, bad = (child, bad) if child["accuracy"] >= target else (good, child)
    report.ended = f"after {MAX_ROUNDS} estimates, so that the session stays short"


def _request_estimate(session: Session, target: float, good: dict[str, Any], bad: dict[str, Any]) -> dict[str, Any]:
    gestures.choose_node(session.page, good["number"])
    session.page.get_by_test_id("estimate").click()
    form = gestures.dialog(session.page, "estimate")
    before = len(session.server.call("GET", f"/experiments/{session.experiment_id}/estimates"))
    form.locator("[name=target]").fill(f"{100 * target:.4f}")
    form.locator("[name=good]").select_option(str(good["id"]))
    form.locator("[name=bad]").select_option(str(bad["id"]))
    form.get_by_role("button", name="Estimate", exact=True).click()
    expect(form.locator("table.history tbody tr")).to_have_count(before + 1)
    expect(form.get_by_test_id("answer")).to_contain_text("interpolated between")
    estimates = session.server.call("GET", f"/experiments/{session.experiment_id}/estimates")
    estimate: dict[str, Any] = max(estimates, key=lambda candidate: candidate["id"])
    expect(form.get_by_test_id("answer")).to_contain_text(f"Keep {estimate['keep']} of {good['filters']}")
    return estimate


def _open_degraded_sample(session: Session, bad: dict[str, Any]) -> None:
    """Open a sample that the bad node no longer classifies correctly, and put one of the planned filters back."""
    page = session.page
    gestures.choose_node(page, bad["number"])
    gestures.use_paper_order(page)
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
    """Choose the first layer in the list from which the plan removes filters."""
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
    """Put a filter back that the rule would remove: it is kept by hand, and the rule removes the next one."""
    number = page.locator("#filters .card.removed .no b").first.inner_text()
    page.get_by_test_id(f"filter-{number}").click()
    card = page.get_by_test_id(f"filter-{number}")
    expect(card).to_have_attribute("aria-pressed", "false")
    expect(card).to_contain_text("by hand")


def _row(node: dict[str, Any]) -> dict[str, Any]:
    names = ("number", "accuracy", "recovered", "filters", "parameters", "macs", "size_bytes", "epochs", "note")
    return {name: node[name] for name in names}
