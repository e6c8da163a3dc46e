"""axe-core finds no serious or critical violation in any panel or view, enlarged or not, in both themes."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.axe import find_violations
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree

PANELS = ("tree", "stats", "model", "filters")
Rules = list[str] | None
RULES: dict[str, Rules] = {"light": None, "dark": ["color-contrast"]}
"""The themes differ only in colours."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panels_and_views_are_accessible(demo_tree: DemoTree, theme: str) -> None:
    violations: list[str] = []
    rules = RULES[theme]
    with open_page() as page:
        demo_tree.open(page)
        page.evaluate(f"localStorage.setItem('cnnpruner.theme', '{theme}')")
        page.reload()
        demo_tree.draft(page)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        violations += _check(page, rules, "all panels")
        for panel in PANELS:
            page.get_by_test_id(f"enlarge-{panel}").click()
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            violations += _check(page, rules, panel)
            page.keyboard.press("Escape")
        violations += _check_views(page, rules, demo_tree)
        violations += _check_menu(page, rules)
    assert violations == []


def _check_views(page: Page, rules: Rules, demo_tree: DemoTree) -> list[str]:
    page.keyboard.press("g")
    expect(page.locator("svg.tradeoff")).to_be_visible()
    violations = _check(page, rules, "trade-off")
    page.keyboard.press("Escape")
    for node in demo_tree.branch[:2]:
        gestures.choose_node(page, node["number"])
        page.keyboard.press("c")
    page.keyboard.press("Shift+C")
    expect(page.locator(".compared")).to_contain_text("Accuracy")
    violations += _check(page, rules, "compare")
    page.keyboard.press("Escape")
    return violations


def _check_menu(page: Page, rules: Rules) -> list[str]:
    page.get_by_test_id("experiments").click()
    expect(page.locator("wa-dropdown-item", has_text="New experiment")).to_be_visible()
    return _check(page, rules, "menu")


def _check(page: Page, rules: Rules, name: str) -> list[str]:
    return [f"{name}: {violation}" for violation in find_violations(page, rules)]
