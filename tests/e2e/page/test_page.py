"""Whole pruning rounds in the page, as a person would do them."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.server import Server

PREVIEW_MS = 240_000


def _newest(server: Server, experiment_id: int) -> dict[str, Any]:
    node: dict[str, Any] = server.call("GET", f"/experiments/{experiment_id}/tree")["nodes"][-1]
    return node


def test_a_round_in_the_page_survives_a_restart(demo: Server, root: dict[str, Any]) -> None:
    with open_page() as page:
        page.goto(f"{demo.url}/?experiment={root['experiment_id']}&node={root['id']}")
        expect(page.get_by_test_id("facts")).to_contain_text(f"{root['filters']}")
        assert gestures.read_number(page, "Filters", "now") == root["filters"]

        page.get_by_role("button", name="25", exact=True).click()
        expect(page.locator("#line-percent")).to_have_value("25.0")
        after = gestures.read_cost(page, "after")
        assert after["filters"] == root["filters"] - round(root["free_filters"] / 4)

        page.get_by_test_id("preview-plan").click()
        expect(page.locator("#model")).to_contain_text("BN re-estimated", timeout=PREVIEW_MS)
        page.get_by_label("Why this plan?").or_(page.get_by_placeholder("Why this plan?")).first.fill("in the page")
        page.get_by_test_id("apply-plan").click()
        expect(page.get_by_test_id("job")).to_be_visible()
        expect(page.get_by_test_id("job")).to_contain_text(re.compile("epoch|node", re.IGNORECASE))

        path = f"/experiments/{root['experiment_id']}/tree"
        tree = demo.wait_for(path, lambda tree: tree["nodes"][-1]["note"] == "in the page")
        child = demo.ready(tree["nodes"][-1]["id"], timeout_s=240)
        expect(page.get_by_test_id(f"node-{child['number']}")).to_be_visible()
        assert {name: child[name] for name in after} == after
        assert child["parent_id"] == root["id"] and child["note"] == "in the page"

        page.get_by_test_id(f"node-{child['number']}").locator("text").first.click()
        expect(page).to_have_url(re.compile(f"node={child['id']}(&|$)"))
        expect(page.get_by_test_id("facts")).to_contain_text(f"{child['filters']}")
        address = page.url

        page.goto("about:blank")
        demo.stop()
        demo.start()
        page.goto(address)
        expect(page.get_by_test_id("facts")).to_contain_text(f"{child['filters']}")
        expect(page.get_by_test_id("node-0")).to_be_visible()


def test_a_whole_round_works_by_keyboard_alone(demo: Server, root: dict[str, Any]) -> None:
    before = _newest(demo, root["experiment_id"])["number"]
    with open_page() as page:
        page.goto(f"{demo.url}/?experiment={root['experiment_id']}&node={root['id']}")
        line = page.get_by_role("slider").first
        expect(line).to_be_visible()
        line.focus()
        page.keyboard.press("Home")
        for _ in range(3):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowRight")
        after = page.locator("table.summary tr", has_text="Filters").locator("td.after")
        expect(after).not_to_have_text(f"{root['filters']}")
        page.wait_for_function("document.querySelector('[role=slider]').ariaValueNow >= 31")  # the last key is drawn
        remaining = gestures.read_number(page, "Filters", "after")
        removed = root["filters"] - remaining
        assert removed >= 31
        page.keyboard.press("Control+z")
        expect(after).not_to_have_text(f"{remaining}")
        assert gestures.read_number(page, "Filters", "after") > remaining
        page.keyboard.press("Control+Shift+Z")
        expect(after).to_have_text(f"{remaining}")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id(f"node-{before + 1}")).to_be_visible()
        newest = _newest(demo, root["experiment_id"])
        assert newest["number"] == before + 1 and newest["removed_filters"] == removed
        page.keyboard.press("Shift+?")
        expect(page.get_by_test_id("dialog-help")).to_contain_text("undo an edit")
        page.keyboard.press("Escape")
    demo.call("POST", f"/jobs/{newest['job_id']}/cancel")


def test_themes_change_colours_and_the_page_fits_three_widths(demo: Server, root: dict[str, Any]) -> None:
    for width in (1280, 1440, 1920):
        with open_page(width, 900) as page:
            page.goto(f"{demo.url}/?experiment={root['experiment_id']}&node={root['id']}")
            expect(page.get_by_test_id("facts")).to_contain_text(f"{root['filters']}")
            size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert size == [width, 900]
            background = "getComputedStyle(document.body).backgroundColor"
            before = page.evaluate(background)
            page.keyboard.press("Shift+T")
            page.wait_for_function(f"{background} !== '{before}'")
