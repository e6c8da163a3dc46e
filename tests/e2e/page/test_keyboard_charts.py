"""Everything that the pointer can do in plans, samples and charts also works by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree
from tests.e2e.keys import tab_to


def test_a_plan_is_edited_by_field_line_brush_and_lock(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        field = page.locator("#line-percent")
        expect(field).to_be_enabled()
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        after = page.locator("table.summary tr", has_text="Filters").locator("td.after")
        expect(after).not_to_have_text(str(demo_tree.last["filters"]))
        remaining = int(after.inner_text())
        page.get_by_test_id("line").focus()
        page.keyboard.press("ArrowRight")
        expect(after).to_have_text(str(remaining - 1))
        page.keyboard.press("Control+z")
        expect(after).to_have_text(str(remaining))
        page.keyboard.press("Control+Shift+Z")
        expect(after).to_have_text(str(remaining - 1))
        _brush_and_lock(page)


def _brush_and_lock(page: Page) -> None:
    page.locator("#line-percent").focus()
    tab_to(page, "#model .table .window", max_tabs=20)
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    strip = page.locator("#model .stripbox")
    before = re.search(r"\d+ overrides?", strip.inner_text())
    page.keyboard.press(" ")
    expect(strip).not_to_contain_text(before.group() if before else "no strip")
    chosen = page.locator("#model .brushed")
    for minimum in (2, 3):  # more if filters lie within a pixel of the last one
        page.keyboard.press("Shift+ArrowRight")
        expect(chosen.get_by_role("button", name=re.compile(rf"^Keep ([{minimum}-9]|\d\d+)$"))).to_be_visible()
    tab_to(page, "#model .brushed button:nth-of-type(2)", max_tabs=20)
    page.keyboard.press("Enter")
    expect(chosen).to_be_hidden()
    page.locator("#model .table .window").focus()
    page.keyboard.press("l")
    expect(page.locator("#model .table [aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("l")


def test_samples_and_filters_are_chosen(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        demo_tree.draft(page)
        expect(page.get_by_test_id("map")).to_be_visible()
        page.get_by_test_id("map").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id("readout")).to_contain_text("Sample")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"sample=\d+"))
        page.keyboard.press("Shift+Enter")
        expect(page).to_have_url(re.compile(r"picked=[0-9a-z.]+"))
        page.keyboard.press("+")
        page.keyboard.press("0")
        page.keyboard.press("d")
        page.keyboard.press("i")
        page.keyboard.press("/")
        expect(page.locator("#sample-number")).to_be_focused()
        page.keyboard.type("7")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"sample=7(&|$)"))
        page.locator("#filters .card[tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        card = page.locator("#filters .card:focus")
        before = card.get_attribute("aria-pressed")
        page.keyboard.press(" ")
        expect(card).not_to_have_attribute("aria-pressed", before or "")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"filter=\d+"))


def test_cells_modes_and_classes_of_the_confusion_matrix_are_chosen(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        page.locator("#stats [data-testid=confusion]").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"cell=\d+-\d+"))
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("cell="))
        page.get_by_test_id("confusion-row").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("confusion=row"))
        expect(page.locator("#stats .confusion wa-dropdown:defined")).to_be_visible()
        page.get_by_test_id("classes").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#stats .confusion wa-dropdown-item:focus")).to_be_visible()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("classes=0-1-2-3-4-5-6-7-8(&|$)"))
        page.keyboard.press("Escape")


@pytest.mark.parametrize("panel", ["tree", "stats", "model", "filters"])
def test_charts_are_saved(demo_tree: DemoTree, panel: str) -> None:
    with open_page() as page:
        demo_tree.open(page)
        expect(page.get_by_test_id("map")).to_be_visible()
        expect(page.locator(f"#{panel} wa-dropdown.save:defined")).to_be_visible()
        page.get_by_test_id(f"save-{panel}").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#{panel} wa-dropdown.save wa-dropdown-item:focus")).to_be_visible()
        with page.expect_download() as saved:
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        assert saved.value.suggested_filename.endswith((".svg", ".png", ".csv"))
