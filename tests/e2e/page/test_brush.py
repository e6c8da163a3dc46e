"""A frame drawn over bubbles: it and its buttons are there without another move of the pointer, and go with Escape."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import open_page
from tests.e2e.grown import GrownTree

NEXT_FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
STEPS = 8


def _begin(page: Page, *, leaves: bool = False) -> None:
    """Press beside the bubbles and move over the first rows, or beyond the last; the pointer then holds still."""
    table = page.locator("#model .table")
    window = table.locator(".window").bounding_box()
    right = table.locator("svg.columns text", has_text="removed").bounding_box()
    left = table.locator("svg.columns text", has_text="filters").first.bounding_box()
    assert window and left and right
    start = right["x"] - 20, window["y"] + 4
    end = left["x"] + left["width"] + 60, window["y"] + (window["height"] + 10 if leaves else 90)
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, STEPS + 1):  # each over other bubbles: what is hovered changes during the drag
        page.mouse.move(*(a + (b - a) * step / STEPS for a, b in zip(start, end, strict=True)))
        page.evaluate(NEXT_FRAME)


def _frame(page: Page) -> Locator:
    return page.locator("#model svg.over .brush rect")


def _expect_brush(page: Page) -> None:
    """Now, not soon: nobody moves the pointer meanwhile."""
    page.evaluate(NEXT_FRAME)
    assert _frame(page).count() == 1
    frame = _frame(page).bounding_box()
    assert frame and frame["width"] > 100 and frame["height"] > 20
    buttons = page.locator("#model .brushed")
    assert buttons.is_visible()
    assert re.search(r"Remove [1-9]\d*\D", buttons.inner_text()), buttons.inner_text()


def _expect_none(page: Page) -> None:
    page.evaluate(NEXT_FRAME)
    assert _frame(page).count() == 0
    assert page.locator("#model .brushed").is_hidden()


@pytest.fixture
def model(grown: GrownTree) -> Iterator[Page]:
    """The page on the newest node, its filters scored."""
    with open_page() as page:
        grown.open(page)
        expect(page.locator("#line-percent")).to_be_enabled()
        expect(page.get_by_test_id("map")).to_be_visible()
        expect(page.get_by_test_id("pictures")).to_have_text(re.compile(r"\d here$"))
        page.wait_for_timeout(500)  # all is loaded: no late answer draws what the pointer did not
        yield page


def test_frame_and_buttons_stand_during_a_drag_though_it_hovers(model: Page) -> None:
    _begin(model)
    _expect_brush(model)
    expect(model.get_by_test_id("readout")).to_contain_text("filter")
    _expect_brush(model)
    model.mouse.up()


@pytest.mark.parametrize("leaves", [False, True], ids=["over bubbles", "beyond the table"])
def test_frame_and_buttons_stand_after_a_drag_without_another_move(model: Page, leaves: bool) -> None:
    _begin(model, leaves=leaves)
    model.mouse.up()
    _expect_brush(model)
    expect(model).to_have_url(re.compile("brush="))


@pytest.mark.parametrize("is_released", [True, False], ids=["after a drag", "during a drag"])
def test_escape_removes_frame_and_buttons(model: Page, is_released: bool) -> None:
    _begin(model)
    if is_released:
        model.mouse.up()
    _expect_brush(model)
    model.keyboard.press("Escape")
    _expect_none(model)
    box = model.locator("#model .table .window").bounding_box()
    assert box
    model.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    _expect_none(model)
    if not is_released:
        model.mouse.up()
        _expect_none(model)
    expect(model).not_to_have_url(re.compile("brush="))
