"""The paper's session on the demo in a browser, with screenshots of the four panels.

`make screenshots` stores them for the README.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import open_page
from tests.e2e.paper_session import STOP, run_session
from tests.e2e.server import Server

PANELS = ("tree", "stats", "model", "filters")


@pytest.fixture
def fresh_demo(tmp_path: Path) -> Iterator[Server]:
    """A server with an unpruned demo."""
    server = Server(tmp_path).start()
    try:
        server.ready(server.demo_root(), timeout_s=400)
        yield server
    finally:
        server.stop()


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


def _take_pictures(page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.mouse.move(720, 8)
    expect(page.get_by_test_id("readout")).to_have_text("")
    page.screenshot(path=folder / "workspace.png")
    for panel in PANELS:
        picture = page.locator(f"#{panel}").screenshot(path=folder / f"{panel}.png")
        assert len(picture) > 10_000, f"{panel} looks empty"
