"""The paper's session on the demo in a browser, with screenshots of the four panels.

`make screenshots` stores them for the README.
"""

import json
import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.paper_session import STOP, run_session
from tests.e2e.server import Server

PANELS = ("tree", "stats", "model", "filters")


def test_the_papers_session_can_be_done_in_the_page(fresh_demo: Server, tmp_path: Path) -> None:
    root = fresh_demo.call("GET", f"/nodes/{fresh_demo.demo_root()}")
    target = os.environ.get("SCREENSHOTS")
    folder = Path(target) if target else tmp_path / "screenshots"
    with open_page(scale=2 if target else 1) as page:
        report = run_session(page, fresh_demo, root)
        _take_pictures(page, folder)
    (folder / "session.json").write_text(json.dumps(report.as_json(), indent=1) + "\n")

    assert report.first_cut["filters"] == 0.5
    assert 0 < report.first_cut["sensitivity"] < report.first_cut["filters"]
    assert [node["recovered"] for node in report.nodes].count(False) >= 1
    first, last = report.estimates[0], report.estimates[-1]
    assert first["remove"] > 0 and (last["change"] < STOP or len(report.estimates) == 3)
    assert "of the instability" in report.nodes[1]["note"]
    assert sorted(picture.stem for picture in folder.glob("*.png")) == sorted((*PANELS, "workspace"))


def test_the_first_round_by_the_default_order_and_start_recovers(fresh_demo: Server) -> None:
    root = fresh_demo.call("GET", f"/nodes/{fresh_demo.demo_root()}")
    # not 0.5 points, because a training ends elsewhere on another machine
    fresh_demo.call("PATCH", f"/experiments/{root['experiment_id']}", {"tolerance": 0.02})
    with open_page() as page:
        page.goto(f"{fresh_demo.url}/?experiment={root['experiment_id']}")
        gestures.choose_node(page, 0)
        gestures.draft_percent(page, 50)
        gestures.preview(page, part="reconstructed")
        gestures.apply_plan(page, "half of all filters, by the default order")
        node_id = fresh_demo.call("GET", f"/experiments/{root['experiment_id']}/tree")["nodes"][1]["id"]
        child = fresh_demo.ready(node_id, timeout_s=240)
        gestures.choose_node(page, 1)
        expect(page.get_by_test_id("node-1")).not_to_contain_text("not recovered")
    assert child["recovered"] is True
    compared = child["training_record"]["start_accuracies"]
    assert compared["reconstructed"]["correct"] > compared["cut"]["correct"]
    assert child["correct"] >= max(accuracy["correct"] for accuracy in compared.values())


def _take_pictures(page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.mouse.move(720, 8)
    expect(page.get_by_test_id("readout")).to_have_text("")
    page.screenshot(path=folder / "workspace.png")
    for panel in PANELS:
        picture = page.locator(f"#{panel}").screenshot(path=folder / f"{panel}.png")
        assert len(picture) > 10_000, f"{panel} looks empty"
