"""The page stays usable with 500 nodes, 100 classes, 10,000 samples and 4,000 filters."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.server import Server
from tests.large_trees import MANY_FILTERS, MANY_NODES, MANY_SAMPLES, write_large_tree

ROWS_DOWN = 40
"""More rows of the matrix than are visible at once."""

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'
"""Replaces the pictures that this database does not have."""


@pytest.fixture
def large_tree(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server whose database has a large tree of the size given as parameter."""
    server = Server(tmp_path, demo=False)
    write_large_tree(tmp_path / "experiments.db", server.models, request.param)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("large_tree", [MANY_NODES], indirect=True)
def test_a_large_tree_and_a_hundred_classes_stay_usable(large_tree: Server) -> None:
    with open_page() as page:
        _replace_pictures(page)
        page.goto(f"{large_tree.url}/?experiment=1&node={MANY_NODES.nodes // 2}")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {MANY_NODES.nodes // 2 - 1}")
        expect(page.locator("#stats .cells rect.diagonal")).to_have_count(MANY_NODES.classes)
        page.keyboard.press("f")
        page.keyboard.type(f"{MANY_NODES.nodes - 1}")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {MANY_NODES.nodes - 1}")
        expect(page.get_by_test_id(f"node-{MANY_NODES.nodes - 1}")).to_be_visible()
        for key in ("-", "-", "+", "0"):
            page.keyboard.press(key)
        page.keyboard.press("[")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {MANY_NODES.nodes - 2}")
        _pan_and_reload(page)
        expect(page.locator("#stats svg.cells")).to_be_visible()
        _move_through_classes(page)
        page.locator("#stats svg.cells").click(position={"x": 20, "y": 20})
        expect(page).to_have_url(re.compile(r"cell=\d+-\d+"))
        page.keyboard.press("g")
        expect(page.locator("svg.tradeoff .point")).to_have_count(MANY_NODES.nodes)


@pytest.mark.parametrize("large_tree", [MANY_SAMPLES], indirect=True)
def test_a_lasso_over_ten_thousand_samples_chooses_those_inside(large_tree: Server) -> None:
    with open_page() as page:
        _replace_pictures(page)
        page.goto(f"{large_tree.url}/?experiment=1&node=2")
        chosen_count = _draw_lasso(page)
        assert 100 < chosen_count < MANY_SAMPLES.images, "some, but not all"
        expect(page).not_to_have_url(re.compile(r"[?&]sample="))
        page.reload()
        expect(page.get_by_test_id("drop-pick")).to_contain_text(f"chosen: {chosen_count:,} of {MANY_SAMPLES.images:,}")


@pytest.mark.parametrize("large_tree", [MANY_FILTERS], indirect=True)
def test_a_drag_over_4224_filters_keeps_counts_exact(large_tree: Server) -> None:
    with open_page() as page:
        _replace_pictures(page)
        page.goto(f"{large_tree.url}/?experiment=1&node=1")
        line = page.get_by_role("slider").first
        expect(line).to_be_visible()
        head = line.bounding_box()
        assert head is not None
        x, y = head["x"] + head["width"] / 2, head["y"] + min(8.0, head["height"] / 2)
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(60):
            page.mouse.move(x + 3 * step, y)
        page.mouse.up()
        assert page.evaluate("performance.getEntriesByName('drag').length") >= 20
        shown = gestures.read_cost(page, "after")
        assert 0 < shown["filters"] < 4224
        plans = large_tree.wait_for("/nodes/1/plans", lambda plans: plans and plans[-1]["cost"] == shown)
        assert plans[-1]["reached"] == 4224 - shown["filters"]


def _draw_lasso(page: Page) -> int:
    """Draw a square lasso around the middle; returns how many samples the page says are chosen."""
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y, side = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, box["height"] / 3
    page.mouse.move(x, y)
    page.keyboard.down("Shift")
    page.mouse.down()
    for right, down in ((0, -1), (1, -1), (1, 1), (0, 1), (0, 0)):
        page.mouse.move(x + side * right, y + side * down, steps=6)
    page.mouse.up()
    page.keyboard.up("Shift")
    chip = page.get_by_test_id("drop-pick")
    expect(chip).to_be_visible()
    match = re.match(rf"chosen: ([\d,]+) of {MANY_SAMPLES.images:,}", chip.inner_text())
    assert match, chip.inner_text()
    return int(match[1].replace(",", ""))


def _pan_and_reload(page: Page) -> None:
    """Pan the tree until its chosen node is out of view, and check that a reload restores the position."""
    page.locator("#tree").get_by_label("Show earlier nodes").click()
    expect(page).to_have_url(re.compile(r"from=\d+"))
    page.locator("#tree").get_by_label("Show earlier nodes").click()
    expect(page.get_by_test_id(f"node-{MANY_NODES.nodes - 2}")).to_be_hidden()
    page.wait_for_timeout(500)  # the address changes once the tree stops moving
    first = re.search(r"from=(\d+)", page.url)
    assert first is not None
    page.reload()
    expect(page.get_by_test_id(f"node-{first[1]}")).to_be_visible()
    expect(page.get_by_test_id(f"node-{MANY_NODES.nodes - 2}")).to_be_hidden()


def _replace_pictures(page: Page) -> None:
    """Replace images by a placeholder, and never answer requests for filters, as there are no weights."""
    page.route("**/image?*", lambda route: route.fulfill(content_type="image/svg+xml", body=PICTURE))
    page.route(re.compile(r"/filters(\?|$)"), lambda _: None)


def _move_through_classes(page: Page) -> None:
    """Check that the status bar shows the cell after each key, and that the cell stays in view."""
    page.get_by_test_id("confusion").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".status")).to_contain_text("class 0 predicted correctly")
    for _ in range(ROWS_DOWN):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".status")).to_contain_text(f"class {ROWS_DOWN} predicted as class 0")
    expect(page.locator("#confusion-hovered")).to_be_in_viewport()
