"""A person saves the experiment in one server's page and opens it in another's; the report opens without a server."""

import json
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e import gestures
from tests.e2e.axe import find_barriers
from tests.e2e.browser import open_page
from tests.e2e.chromium import FLAGS, find_chromium
from tests.e2e.grown import GrownTree
from tests.e2e.server import Server


def _choose(page: Page, item: str) -> None:
    expect(page.locator("wa-dropdown.experiments:defined")).to_be_visible()
    page.get_by_test_id("experiments").click()
    page.locator("wa-dropdown-item", has_text=item).click()


def test_an_experiment_goes_from_page_to_page_and_its_report_needs_none(
    demo: Server, grown: GrownTree, empty_server: Server, tmp_path: Path
) -> None:
    with open_page() as page:
        page.goto(demo.url)
        _choose(page, "Save experiment as bundle")
        with page.expect_download() as saved:
            page.get_by_test_id("save-bundle").click()
        saved.value.save_as(tmp_path / "bundle.zip")
        page.get_by_role("button", name="Close").last.click()
        gestures.expect_no_dialog(page)  # while it closes it still takes the focus back, and a menu with it
        with page.expect_download() as written:
            _choose(page, "Save report")
        written.value.save_as(tmp_path / "report.html")
        empty_server.start()
        page.goto(empty_server.url)
        expect(page.get_by_text("No experiment yet")).to_be_visible()
        assert find_barriers(page) == []
        _choose(page, "Open a bundle")
        page.locator("#bundle-file").set_input_files(tmp_path / "bundle.zip")
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_test_id("node-0")).to_be_visible()
        expect(page.get_by_test_id("experiments")).to_contain_text("Handwritten digits")
        page.get_by_test_id(f"node-{grown.last['number']}").locator("text").first.click()
        expect(page.get_by_test_id("map")).to_be_visible()
    [experiment] = empty_server.call("GET", "/experiments")
    there = demo.call("GET", f"/experiments/{demo.call('GET', '/experiments')[-1]['id']}/tree")["nodes"]
    here = empty_server.call("GET", f"/experiments/{experiment['id']}/tree")["nodes"]
    told = [(node["number"], node["accuracy"], node["parameters"]) for node in here if node["state"] == "ready"]
    assert told == [
        (node["number"], node["accuracy"], node["parameters"]) for node in there if node["state"] == "ready"
    ]
    plan = empty_server.call("POST", f"/nodes/{here[0]['id']}/plans", {"rule": "percent", "percent": 30})
    body = {"training": {"epochs": 1, "images": 256}}
    made = empty_server.call("POST", f"/plans/{plan['id']}/apply", body)["node"]
    # Other tests may have deleted nodes of this demo, whose numbers are never given again.
    next_number = json.loads(zipfile.ZipFile(tmp_path / "bundle.zip").read("manifest.json"))["next_number"]
    assert empty_server.ready(made["id"])["number"] == next_number > there[-1]["number"]
    _read_report(tmp_path / "report.html", len(there))


def _read_report(file: Path, nodes: int) -> None:
    """By file://, with scripts off."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(java_script_enabled=False, offline=True).new_page()
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", name="Handwritten digits")).to_be_visible()
        expect(page.get_by_role("img", name=f"Tree of {nodes} nodes")).to_be_visible()
        browser.close()
