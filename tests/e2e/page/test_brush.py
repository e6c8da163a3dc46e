"""A frame drawn over bubbles and its buttons appear without further pointer moves, and Escape removes them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree

NEXT_FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
STEPS = 8


def _drag(page: Page, *, leaves: bool = False) -> None:
    """Press next to the bubbles and drag over the first rows, or beyond the last row; the pointer then stays still."""
    table = page.locator("#model .table")
    window = table.locator(".window").bounding_box()
    right = table.locator("svg.columns text", has_text="removed").bounding_box()
    left = table.locator("svg.columns text", has_text="filters").first.bounding_box()
    assert window and left and right
    start = right["x"] - 20, window["y"] + 4
    end = left["x"] + left["width"] + 60, window["y"] + (window["height"] + 10 if leaves else 90)
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, STEPS + 1):  # each over other bubbles, so that the hovered filter changes during the drag
        page.mouse.move(*(a + (b - a) * step / STEPS for a, b in zip(start, end, strict=True)))
        page.evaluate(NEXT_FRAME)


def _frame(page: Page) -> Locator:
    return page.locator("#model svg.over .brush rect")


def _expect_brush(page: Page) -> None:
    """Check without waiting, as the pointer does not move meanwhile."""
    page.evaluate(NEXT_FRAME)
    assert _frame(page).count() == 1
    frame = _frame(page).bounding_box()
    assert frame and frame["width"] > 100 and frame["height"] > 20
    buttons = page.locator("#model .brushed")
    assert buttons.is_visible()
    assert re.search(r"Remove [1-9]\d*\D", buttons.inner_text()), buttons.inner_text()


def _expect_no_brush(page: Page) -> None:
    page.evaluate(NEXT_FRAME)
    assert _frame(page).count() == 0
    assert page.locator("#model .brushed").is_hidden()


@pytest.fixture
def model_page(demo_tree: DemoTree) -> Iterator[Page]:
    """The page on the newest node, with scored filters."""
    with open_page() as page:
        demo_tree.open(page)
        expect(page.locator("#line-percent")).to_be_enabled()
        expect(page.get_by_test_id("map")).to_be_visible()
        expect(page.get_by_test_id("pictures")).to_have_text(re.compile(r"\d loaded$"))
        page.wait_for_timeout(500)  # let everything load, so that no late answer redraws the brush
        yield page


def test_frame_and_buttons_stay_during_a_drag_that_hovers_bubbles(model_page: Page) -> None:
    _drag(model_page)
    _expect_brush(model_page)
    expect(model_page.get_by_test_id("readout")).to_contain_text("filter")
    _expect_brush(model_page)
    model_page.mouse.up()


@pytest.mark.parametrize("leaves", [False, True], ids=["over bubbles", "beyond the table"])
def test_frame_and_buttons_stay_after_a_drag_without_another_move(model_page: Page, leaves: bool) -> None:
    _drag(model_page, leaves=leaves)
    model_page.mouse.up()
    _expect_brush(model_page)
    expect(model_page).to_have_url(re.compile("brush="))


@pytest.mark.parametrize("is_released", [True, False], ids=["after a drag", "during a drag"])
def test_escape_removes_frame_and_buttons(model_page: Page, is_released: bool) -> None:
    _drag(model_page)
    if is_released:
        model_page.mouse.up()
    _expect_brush(model_page)
    model_page.keyboard.press("Escape")
    _expect_no_brush(model_page)
    box = model_page.locator("#model .table .window").bounding_box()
    assert box
    model_page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    _expect_no_brush(model_page)
    if not is_released:
        model_page.mouse.up()
        _expect_no_brush(model_page)
    expect(model_page).not_to_have_url(re.compile("brush="))
