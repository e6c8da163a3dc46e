"""axe-core finds no serious or critical violation in any dialog in any state, in both themes.

The form for a new experiment is checked in test_new_experiment.py, a criterion's options in test_own_criteria.py, and
what only visitors see in test_sharing.py.
"""

from typing import Any

from playwright.sync_api import Page, Route, expect

from cnnpruner.api.document.examples import read_examples
from tests.e2e import gestures
from tests.e2e.axe import find_dialog_violations, follow_system
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree
from tests.e2e.dialog_states import BUTTONS, KEYS, MENU, STATES

RECORDED = (
    ("GET", "**/api/experiments/*/autopilots", "list_autopilots"),
    ("GET", "**/api/experiments/*/estimates", "list_estimates"),
    ("GET", "**/api/experiments/*/links", "list_links"),
    ("POST", "**/api/experiments/*/links", "create_link"),
    ("GET", "**/api/nodes/*/exports", "list_exports"),
    ("POST", "**/api/nodes/*/export?*", "start_export"),
    ("POST", "**/api/nodes/*/latencies?*", "measure_latency"),
)
"""Calls that would take a server long are answered with the examples of the REST documentation."""


def test_dialogs_are_accessible_in_every_state(demo_tree: DemoTree) -> None:
    violations: list[str] = []
    with open_page(may_refuse=True) as page:
        _answer_with_examples(page, demo_tree.last)
        follow_system(page)
        demo_tree.open(page)
        demo_tree.draft(page)
        for kind, key in KEYS.items():
            page.keyboard.press(key)
            violations += _check_dialog(page, kind)
        for kind, button in BUTTONS.items():
            page.locator(button).click()
            violations += _check_dialog(page, kind)
        for kind, item in MENU.items():
            page.get_by_test_id("experiments").click()
            page.locator("wa-dropdown-item", has_text=item).click()
            violations += _check_dialog(page, kind)
    assert violations == []


def _answer_with_examples(page: Page, node: dict[str, Any]) -> None:
    examples = read_examples()
    ids = {"experiment_id": node["experiment_id"], "node_id": node["id"]}
    for method, path, call in RECORDED:
        [(status, body)] = examples[call]["answers"].items()
        answer = [_with_ids(entry, ids) for entry in body] if isinstance(body, list) else _with_ids(body, ids)
        _answer(page, method, path, int(status), answer)


def _answer(page: Page, method: str, path: str, status: int, answer: Any) -> None:
    def fulfil(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, json=answer)
        else:
            route.fallback()

    page.route(path, fulfil)


def _with_ids(body: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    """The answer with the ids of the experiment and node that the page shows."""
    return body | {name: number for name, number in ids.items() if name in body}


def _check_dialog(page: Page, kind: str) -> list[str]:
    dialog = gestures.dialog(page, kind)
    expect(dialog).to_be_visible()
    violations = [f"{kind}: {violation}" for violation in find_dialog_violations(page)]
    for state, bring_about in STATES.get(kind, {}).items():
        bring_about(dialog)
        violations += [f"{kind}, {state}: {violation}" for violation in find_dialog_violations(page)]
    page.keyboard.press("Escape")
    gestures.expect_no_dialog(page)
    return violations
