"""axe-core finds no serious or critical barrier in any dialog, whatever it has to say, in both themes.

The form of a new experiment is looked at in test_new_experiment.py, that of a criterion with options in
test_user_defined_criteria.py, and what only others see of a server in test_sharing.py.
"""

from typing import Any

from playwright.sync_api import Page, Route, expect

from cnnpruner.api.document.examples import read_examples
from tests.e2e import gestures
from tests.e2e.axe import find_dialog_barriers, follow_system
from tests.e2e.browser import open_page
from tests.e2e.dialog_states import BUTTONS, KEYS, MENU, STATES
from tests.e2e.grown import GrownTree

RECORDED = (
    ("GET", "**/api/experiments/*/autopilots", "list_autopilots"),
    ("GET", "**/api/experiments/*/estimates", "list_estimates"),
    ("GET", "**/api/experiments/*/links", "list_links"),
    ("POST", "**/api/experiments/*/links", "create_link"),
    ("GET", "**/api/nodes/*/exports", "list_exports"),
    ("POST", "**/api/nodes/*/export?*", "start_export"),
    ("POST", "**/api/nodes/*/latency?*", "measure_latency"),
)
"""What a server would need long for comes from the examples that the REST document has."""


def test_no_dialog_keeps_people_out(grown: GrownTree) -> None:
    faults: list[str] = []
    with open_page(may_refuse=True) as page:
        _answer_as_recorded(page, grown.last)
        follow_system(page)
        grown.open(page)
        grown.draft(page)
        for kind, key in KEYS.items():
            page.keyboard.press(key)
            faults += _look_at_dialog(page, kind)
        for kind, button in BUTTONS.items():
            page.locator(button).click()
            faults += _look_at_dialog(page, kind)
        for kind, item in MENU.items():
            page.get_by_test_id("experiments").click()
            page.locator("wa-dropdown-item", has_text=item).click()
            faults += _look_at_dialog(page, kind)
    assert faults == []


def _answer_as_recorded(page: Page, node: dict[str, Any]) -> None:
    examples = read_examples()
    here = {"experiment_id": node["experiment_id"], "node_id": node["id"]}
    for method, place, call in RECORDED:
        [(status, said)] = examples[call]["answers"].items()
        told = [_told_of(here, one) for one in said] if isinstance(said, list) else _told_of(here, said)
        _answer(page, method, place, int(status), told)


def _answer(page: Page, method: str, place: str, status: int, told: Any) -> None:
    def fulfil(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, json=told)
        else:
            route.fallback()

    page.route(place, fulfil)


def _told_of(here: dict[str, int], said: dict[str, Any]) -> dict[str, Any]:
    """The same answer, about what the page shows."""
    return said | {name: number for name, number in here.items() if name in said}


def _look_at_dialog(page: Page, kind: str) -> list[str]:
    dialog = gestures.dialog(page, kind)
    expect(dialog).to_be_visible()
    faults = [f"{kind}: {barrier}" for barrier in find_dialog_barriers(page)]
    for state, reach in STATES.get(kind, {}).items():
        reach(dialog)
        faults += [f"{kind}, {state}: {barrier}" for barrier in find_dialog_barriers(page)]
    page.keyboard.press("Escape")
    gestures.expect_no_dialog(page)
    return faults
