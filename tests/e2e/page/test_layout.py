"""From 1280 to 2560 pixels wide no word lies on another, none is cut off, and the page itself does not scroll."""

import pytest
from playwright.sync_api import expect

from tests.e2e.boxes import find_errors
from tests.e2e.browser import open_page
from tests.e2e.grown import GrownTree

SIZES = ((1280, 800), (1440, 900), (1920, 1080), (2560, 1440))
PANELS = ("tree", "stats", "model", "filters")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_overlaps_and_nothing_is_cut_off(grown: GrownTree, width: int, height: int) -> None:
    sample = grown.server.call("GET", f"/nodes/{grown.last['id']}/samples?change=wrong&limit=1")["items"][0]["sample"]
    with open_page(width, height) as page:
        grown.open(page, f"&sample={sample}")
        grown.draft(page)
        expect(page.get_by_test_id("pictures")).not_to_contain_text("loading")
        assert find_errors(page) == []
        for panel in PANELS:
            page.get_by_test_id(f"enlarge-{panel}").click()
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            page.wait_for_timeout(300)  # drawn in its new size
            assert find_errors(page) == [], panel
            page.keyboard.press("Escape")


def test_words_that_lie_on_each_other_are_found(grown: GrownTree) -> None:
    with open_page() as page:
        grown.open(page)
        expect(page.locator("#tree .facts div").first).to_be_visible()
        page.evaluate("document.querySelector('#tree .facts div').style.transform = 'translateX(60px)'")
        page.evaluate("document.querySelector('#model .head h2').style.transform = 'translateX(-30px)'")
        faults = find_errors(page)
        assert any("'Filters'" in fault for fault in faults)
        assert any("'Model' is cut off" in fault for fault in faults)
