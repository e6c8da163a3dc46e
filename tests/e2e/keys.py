"""What a person does who has no pointer."""

from playwright.sync_api import Page

FEW_TABS = 12


def tab_to(page: Page, selector: str, most: int = FEW_TABS) -> None:
    """Press Tab until something that fits has the focus."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not reach {selector}")
