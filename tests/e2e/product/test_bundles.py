"""An experiment is saved in one server's page and opened in another's; its report opens without a server."""

import json
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e import gestures
from tests.e2e.axe import find_violations
from tests.e2e.browser import open_page
from tests.e2e.chromium import FLAGS, find_chromium
from tests.e2e.demo_tree import DemoTree
from tests.e2e.server import Server


def _choose_menu_item(page: Page, item: str) -> None:
    expect(page.locator("wa-dropdown.experiments:defined")).to_be_visible()
    page.get_by_test_id("experiments").click()
    page.locator("wa-dropdown-item", has_text=item).click()


def test_a_bundle_opens_on_another_server_and_a_report_without_one(
    demo: Server, demo_tree: DemoTree, empty_server: Server, tmp_path: Path
) -> None:
    with open_page() as page:
        page.goto(demo.url)
        _choose_menu_item(page, "Save experiment as bundle")
        with page.expect_download() as saved:
            page.get_by_test_id("save-bundle").click()
        saved.value.save_as(tmp_path / "bundle.zip")
        page.get_by_role("button", name="Close").last.click()
        gestures.expect_no_dialog(page)  # while closing it takes the focus back, which would close a menu
        with page.expect_download() as written:
            _choose_menu_item(page, "Save report")
        written.value.save_as(tmp_path / "report.html")
        empty_server.start()
        page.goto(empty_server.url)
        expect(page.get_by_text("No experiment yet")).to_be_visible()
        assert find_violations(page) == []
        _choose_menu_item(page, "Open a bundle")
        page.locator("#bundle-file").set_input_files(tmp_path / "bundle.zip")
        page.get_by_role("button", name="Open bundle").click()
        expect(page.get_by_test_id("node-0")).to_be_visible()
        expect(page.get_by_test_id("experiments")).to_contain_text("Handwritten digits")
        page.get_by_test_id(f"node-{demo_tree.last['number']}").locator("text").first.click()
        expect(page.get_by_test_id("map")).to_be_visible()
    [experiment] = empty_server.call("GET", "/experiments")
    original = demo.call("GET", f"/experiments/{demo.call('GET', '/experiments')[-1]['id']}/tree")["nodes"]
    imported = empty_server.call("GET", f"/experiments/{experiment['id']}/tree")["nodes"]
    metrics = [(node["number"], node["accuracy"], node["parameters"]) for node in imported if node["state"] == "ready"]
    assert metrics == [
        (node["number"], node["accuracy"], node["parameters"]) for node in original if node["state"] == "ready"
    ]
    plan = empty_server.call("POST", f"/nodes/{imported[0]['id']}/plans", {"rule": "percent", "percent": 30})
    body = {"training": {"epochs": 1, "images": 256}}
    child = empty_server.call("POST", f"/plans/{plan['id']}/apply", body)["node"]
    # Other tests may have deleted nodes of this demo, and numbers are never reused.
    next_number = json.loads(zipfile.ZipFile(tmp_path / "bundle.zip").read("manifest.json"))["next_number"]
    assert empty_server.ready(child["id"])["number"] == next_number > original[-1]["number"]
    _check_report(tmp_path / "report.html", len(original))


def _check_report(file: Path, nodes: int) -> None:
    """Check that the report opens by file:// without scripts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(java_script_enabled=False, offline=True).new_page()
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", name="Handwritten digits")).to_be_visible()
        expect(page.get_by_role("img", name=f"Tree of {nodes} nodes")).to_be_visible()
        browser.close()
