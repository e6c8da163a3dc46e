"""User actions in the page, by the names on the screen."""

import re

from playwright.sync_api import Locator, Page, expect

JOB_MS = 240_000

COST = {"filters": "Filters", "parameters": "Parameters", "macs": "MACs", "size_bytes": "Size, bytes"}
"""Rows of the plan's table."""


def dialog(page: Page, kind: str) -> Locator:
    """The content of the open dialog."""
    return page.locator(f"[data-testid=dialog-{kind}] > .content")


def expect_no_dialog(page: Page) -> None:
    """Wait until no dialog is open."""
    expect(page.locator("wa-dialog")).to_have_count(0)


def choose_node(page: Page, number: int) -> None:
    """Click a node in the tree and wait until the model is drawn."""
    page.get_by_test_id(f"node-{number}").locator("text").first.click()
    expect(page.locator("#model .head .sub").first).to_contain_text(re.compile(rf"^node {number} ·"))


def set_epochs(page: Page, epochs: int, start: str | None = None) -> None:
    """Set the epochs of fine-tuning, and the weights from which it starts, for all following plans."""
    page.locator("#model .planhead .training").click()
    settings = dialog(page, "training")
    settings.locator("[name=epochs]").fill(str(epochs))
    if start is not None:
        settings.locator("[name=start]").select_option(start)
    settings.get_by_role("button", name="Use these settings").click()
    expect_no_dialog(page)
    expect(page.locator("#model .planhead .training")).to_contain_text(f"{epochs} epoch")


def use_paper_order(page: Page) -> None:
    """Click the button that ranks as in the paper: by sensitivity, without a floor."""
    page.get_by_role("button", name=re.compile("Paper’s order")).click()


def draft_percent(page: Page, percent: int) -> None:
    """One click; the field beside it follows."""
    page.get_by_role("group", name="Percentage of the free filters to remove").get_by_role(
        "button", name=str(percent), exact=True
    ).click()
    expect(page.locator("#line-percent")).to_have_value(re.compile(r"[1-9]"))


def read_cost(page: Page, column: str) -> dict[str, int]:
    """Values in a column of the plan's table, `now` or `after`."""
    return {name: read_number(page, row, column) for name, row in COST.items()}


def read_number(page: Page, row: str, column: str) -> int:
    """A single value of that table."""
    cell = page.locator("table.summary tr", has_text=row).locator(f"td.{column}")
    return int(re.sub(r"[^0-9]", "", cell.inner_text()))


def preview(page: Page, part: str = "BN re-estimated") -> str:
    """Request a preview, wait for this part of it, and return its text."""
    page.get_by_test_id("preview-plan").click()
    result = page.locator("#model .preview", has_text=part).first
    expect(result).to_be_visible(timeout=JOB_MS)
    return result.inner_text()


def apply_plan(page: Page, reason: str) -> None:
    """Write the reason and apply the plan."""
    page.get_by_placeholder("Why this plan?").fill(reason)
    page.get_by_test_id("apply-plan").click()
    expect(page.get_by_test_id("apply-plan")).to_contain_text("Applied")


def write_note(page: Page, text: str) -> None:
    """Write the note of the chosen node."""
    page.get_by_test_id("note").click()
    note = dialog(page, "note")
    note.locator("textarea").fill(text)
    note.get_by_role("button", name="Save note").click()
    expect_no_dialog(page)
