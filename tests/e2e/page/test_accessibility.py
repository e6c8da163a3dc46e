"""axe-core finds no serious or critical barrier in any panel, enlarged or not, and view, in both themes."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.axe import find_barriers
from tests.e2e.browser import open_page
from tests.e2e.grown import GrownTree

PANELS = ("tree", "stats", "model", "filters")
Rules = list[str] | None
RULES: dict[str, Rules] = {"light": None, "dark": ["color-contrast"]}
"""The themes differ in colours alone."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_people_out(grown: GrownTree, theme: str) -> None:
    faults: list[str] = []
    rules = RULES[theme]
    with open_page() as page:
        grown.open(page)
        page.evaluate(f"localStorage.setItem('cnnpruner.theme', '{theme}')")
        page.reload()
        grown.draft(page)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        faults += _look(page, rules, "all panels")
        for panel in PANELS:
            page.get_by_test_id(f"enlarge-{panel}").click()
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            faults += _look(page, rules, panel)
            page.keyboard.press("Escape")
        faults += _look_at_views(page, rules, grown)
        faults += _look_at_menu(page, rules)
    assert faults == []


def _look_at_views(page: Page, rules: Rules, grown: GrownTree) -> list[str]:
    page.keyboard.press("g")
    expect(page.locator("svg.tradeoff")).to_be_visible()
    faults = _look(page, rules, "trade-off")
    page.keyboard.press("Escape")
    for node in grown.branch[:2]:
        gestures.choose_node(page, node["number"])
        page.keyboard.press("c")
    page.keyboard.press("Shift+C")
    expect(page.locator(".compared")).to_contain_text("Accuracy")
    faults += _look(page, rules, "compare")
    page.keyboard.press("Escape")
    return faults


def _look_at_menu(page: Page, rules: Rules) -> list[str]:
    page.get_by_test_id("experiments").click()
    expect(page.locator("wa-dropdown-item", has_text="New experiment")).to_be_visible()
    return _look(page, rules, "menu")


def _look(page: Page, rules: Rules, place: str) -> list[str]:
    return [f"{place}: {barrier}" for barrier in find_barriers(page, rules)]
