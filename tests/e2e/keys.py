"""Keyboard navigation."""

from playwright.sync_api import Page

MAX_TABS = 12


def tab_to(page: Page, selector: str, max_tabs: int = MAX_TABS) -> None:
    """Press Tab until an element that matches the selector has the focus."""
    for _ in range(max_tabs):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector} within {max_tabs} presses")
