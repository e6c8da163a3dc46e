"""What a person does in the page, by its names on the screen."""

import re

from playwright.sync_api import Locator, Page, expect

JOB_MS = 240_000

COST = {"filters": "Filters", "parameters": "Parameters", "macs": "MACs", "size_bytes": "Size, bytes"}
"""Rows of the plan's table."""


def dialog(page: Page, kind: str) -> Locator:
    """The content of the dialog that is open."""
    return page.locator(f"[data-testid=dialog-{kind}] > .content")


def expect_no_dialog(page: Page) -> None:
    """Wait until none is open."""
    expect(page.locator("wa-dialog")).to_have_count(0)


def choose_node(page: Page, number: int) -> None:
    """By a click on it in the tree; the model is drawn."""
    page.get_by_test_id(f"node-{number}").locator("text").first.click()
    expect(page.locator("#model .head .sub").first).to_contain_text(re.compile(rf"^node {number} ·"))


def set_epochs(page: Page, epochs: int) -> None:
    """In the settings of fine-tuning, for all plans that follow."""
    page.locator("#model .planhead .training").click()
    settings = dialog(page, "training")
    settings.locator("[name=epochs]").fill(str(epochs))
    settings.get_by_role("button", name="Use these settings").click()
    expect_no_dialog(page)
    expect(page.locator("#model .planhead .training")).to_contain_text(f"{epochs} epoch")


def draft_percent(page: Page, percent: int) -> None:
    """One click; the field beside it follows."""
    page.get_by_role("group", name="Percentage of filters to remove").get_by_role("button", name=str(percent), exact=True).click()
    expect(page.locator("#line-percent")).to_have_value(re.compile(r"[1-9]"))


def read_cost(page: Page, column: str) -> dict[str, int]:
    """What stands in a column of the plan's table, `now` or `after`."""
    return {name: read_number(page, row, column) for name, row in COST.items()}


def read_number(page: Page, row: str, column: str) -> int:
    """One of them."""
    cell = page.locator("table.summary tr", has_text=row).locator(f"td.{column}")
    return int(re.sub(r"[^0-9]", "", cell.inner_text()))


def preview(page: Page) -> str:
    """Ask for it and read what it says."""
    page.get_by_test_id("preview-plan").click()
    measured = page.locator("#model .preview", has_text="BN re-estimated").first
    expect(measured).to_be_visible(timeout=JOB_MS)
    return measured.inner_text()


def apply_plan(page: Page, reason: str) -> None:
    """With the reason written beside it first."""
    page.get_by_placeholder("Why this plan?").fill(reason)
    page.get_by_test_id("apply-plan").click()
    expect(page.get_by_test_id("apply-plan")).to_contain_text("Applied")


def write_note(page: Page, text: str) -> None:
    """On the chosen node."""
    page.get_by_test_id("note").click()
    note = dialog(page, "note")
    note.locator("textarea").fill(text)
    note.get_by_role("button", name="Save note").click()
    expect_no_dialog(page)
