"""The page in a real Chromium: a drag over 4,224 filters, and how soon the demo is on the screen."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.results import Result
from tests.e2e.browser import open_page
from tests.e2e.chromium import find_chromium
from tests.e2e.server import Server

VGG16 = {
    "name": "VGG-16",
    "data": {"kind": "digits"},
    "network": {"name": "vgg16_bn"},
    "image_size": 32,
    "weights": {"train": {"epochs": 0}},
}
MOVES = 150
OPENINGS = 5


def run() -> dict[str, Result]:
    """Needs the built page and a Chromium; without one there are no figures."""
    if find_chromium() is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            server.ready(server.demo_root(), timeout_s=300)
            root = server.ready(server.call("POST", "/experiments", VGG16)["root_id"], timeout_s=300)
            return {"drag_frame_ms_vgg16bn": _drag(server, root["id"]), "page_shows_demo_ms": _open(server)}
        finally:
            server.stop()


def _drag(server: Server, node_id: int) -> Result:
    with open_page() as page:
        page.goto(f"{server.url}/?node={node_id}&experiment={server.call('GET', f'/nodes/{node_id}')['experiment_id']}")
        line = page.get_by_role("slider").first
        expect(line).to_be_visible()
        _move(page, MOVES)
        durations = page.evaluate("performance.getEntriesByName('drag').map((entry) => entry.duration)")
    how = f"whole update of the page per frame of a drag (JavaScript), median of {len(durations)} frames, 4,224 filters"
    return Result(statistics.median(durations), 16.0, "ms", how)


def _move(page: Page, moves: int) -> None:
    box = page.get_by_role("slider").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + min(8.0, box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(moves):
        page.mouse.move(x + 2 * step, y)
    page.mouse.up()


def _open(server: Server) -> Result:
    times = []
    for _ in range(OPENINGS):
        with open_page() as page:
            start = time.perf_counter()
            page.goto(server.url, wait_until="commit")
            page.get_by_test_id("node-0").wait_for()
            page.get_by_role("slider").first.wait_for()
            times.append(1e3 * (time.perf_counter() - start))
    how = f"from the request until tree and line of the demo are visible, cold cache, median of {OPENINGS}"
    return Result(statistics.median(times), 1000.0, "ms", how)
