"""At widths from 1280 to 2560 pixels no texts overlap or are cut off, and the page itself does not scroll."""

import pytest
from playwright.sync_api import expect

from tests.e2e.boxes import find_errors
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree

SIZES = ((1280, 800), (1440, 900), (1920, 1080), (2560, 1440))
PANELS = ("tree", "stats", "model", "filters")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_overlaps_and_nothing_is_cut_off(demo_tree: DemoTree, width: int, height: int) -> None:
    samples = demo_tree.server.call("GET", f"/nodes/{demo_tree.last['id']}/samples?change=wrong&limit=1")["items"]
    with open_page(width, height) as page:
        demo_tree.open(page, f"&sample={samples[0]['sample']}")
        demo_tree.draft(page)
        expect(page.get_by_test_id("pictures")).not_to_contain_text("on the way")
        assert find_errors(page) == []
        for panel in PANELS:
            page.get_by_test_id(f"enlarge-{panel}").click()
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            page.wait_for_timeout(300)  # let it be drawn in its new size
            assert find_errors(page) == [], panel
            page.keyboard.press("Escape")


def test_overlapping_and_cut_off_texts_are_found(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        expect(page.locator("#tree .facts div").first).to_be_visible()
        page.evaluate("document.querySelector('#tree .facts div').style.transform = 'translateX(60px)'")
        page.evaluate("document.querySelector('#model .head h2').style.transform = 'translateX(-30px)'")
        errors = find_errors(page)
        assert any("'Filters'" in error for error in errors)
        assert any("'Model' is cut off" in error for error in errors)
