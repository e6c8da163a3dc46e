"""Five hundred nodes and a hundred classes stay usable."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import open_page
from tests.e2e.server import Server
from tests.many import CLASSES, NODES, plant_many

BEYOND = 40
"""More rows of the matrix than are in sight."""

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'
"""In place of those that this database does not have."""


@pytest.fixture
def forest(tmp_path: Path) -> Iterator[Server]:
    """A server on a database with a large tree, written before it starts."""
    server = Server(tmp_path, demo=False)
    plant_many(tmp_path / "experiments.db", server.models)
    server.start()
    yield server
    server.stop()


def test_a_large_tree_and_a_hundred_classes_can_be_used(forest: Server) -> None:
    with open_page() as page:
        page.route("**/image?*", lambda route: route.fulfill(content_type="image/svg+xml", body=PICTURE))
        page.route("**/layers/*/filters*", lambda _: None)  # they never come: there are no weights to make them of
        page.goto(f"{forest.url}/?experiment=1&node={NODES // 2}")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {NODES // 2 - 1}")
        expect(page.locator("#stats .cells rect.diagonal")).to_have_count(CLASSES)
        page.keyboard.press("f")
        page.keyboard.type(f"{NODES - 1}")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {NODES - 1}")
        expect(page.get_by_test_id(f"node-{NODES - 1}")).to_be_visible()
        for key in ("-", "-", "+", "0"):
            page.keyboard.press(key)
        page.keyboard.press("[")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {NODES - 2}")
        expect(page.locator("#stats svg.cells")).to_be_visible()
        _walk_over_classes(page)
        page.locator("#stats svg.cells").click(position={"x": 20, "y": 20})
        expect(page).to_have_url(re.compile(r"cell=\d+-\d+"))
        page.keyboard.press("g")
        expect(page.locator("svg.tradeoff .point")).to_have_count(NODES)


def _walk_over_classes(page: Page) -> None:
    """Every key is read out, the first one too, and the cell stays in sight."""
    page.get_by_test_id("confusion").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".status")).to_contain_text("class 0 called right")
    for _ in range(BEYOND):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".status")).to_contain_text(f"class {BEYOND} called class 0")
    expect(page.locator("#confusion-hovered")).to_be_in_viewport()
