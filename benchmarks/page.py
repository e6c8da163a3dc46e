"""The page in a real Chromium: a drag over 4,224 filters, the time to show the demo, selecting one of 500 nodes."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.large_trees import open_large_tree
from benchmarks.results import Result
from tests.e2e.browser import open_page
from tests.e2e.chromium import find_chromium
from tests.e2e.server import Server
from tests.large_trees import MANY_NODES

VGG16 = {
    "name": "VGG-16",
    "data": {"kind": "digits"},
    "network": {"name": "vgg16_bn"},
    "image_size": 32,
    "weights": {"train": {"epochs": 0}},
}
MOVES = 150
OPENINGS = 5
SELECTIONS = 40

RECORD_WHEN_SHOWN = """(() => {
  const painted = () => setTimeout(() => { window.shown = performance.now(); });
  const check = () => {
    const isShown = document.querySelector("[data-testid=node-0]") && document.querySelector("[role=slider]");
    requestAnimationFrame(isShown ? painted : check);
  };
  requestAnimationFrame(check);
})()"""
"""Records the ms from the start of the navigation to the frame in which tree and slider are shown."""

TIMED_SELECTION = """async (key) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  const start = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await frame();
  await frame();
  return performance.now() - start;
}"""
"""ms from the key press to the frame after the one in which all panels were redrawn."""


def run() -> dict[str, Result]:
    """Measure the built page; without a Chromium there are no results."""
    if find_chromium() is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            server.ready(server.demo_root(), timeout_s=300)
            root = server.ready(server.call("POST", "/experiments", VGG16)["root_id"], timeout_s=300)
            results = {"drag_frame_ms_vgg16bn": _drag(server, root["id"]), "page_shows_demo_ms": _open(server)}
        finally:
            server.stop()
    return results | {"choice_ms_500_nodes": _select_nodes()}


def _select_nodes() -> Result:
    with open_large_tree(MANY_NODES, node_id=MANY_NODES.nodes // 2) as page:
        expect(page.locator("#stats .cells rect.diagonal")).to_have_count(MANY_NODES.classes)
        page.get_by_role("slider").first.wait_for()
        times = [page.evaluate(TIMED_SELECTION, "[" if step % 2 else "]") for step in range(SELECTIONS)]
    size = f"{MANY_NODES.nodes} nodes, {MANY_NODES.classes} classes"
    method = f"from the key that selects a node until it is drawn; {size}; median of {SELECTIONS}"
    return Result(statistics.median(times), 100.0, "ms", method)


def _drag(server: Server, node_id: int) -> Result:
    with open_page() as page:
        page.goto(f"{server.url}/?node={node_id}&experiment={server.call('GET', f'/nodes/{node_id}')['experiment_id']}")
        slider = page.get_by_role("slider").first
        expect(slider).to_be_visible()
        _move(page, MOVES)
        durations = page.evaluate("performance.getEntriesByName('drag').map((entry) => entry.duration)")
    method = f"JavaScript time to update the page per frame of a drag, median of {len(durations)} frames, 4,224 filters"
    return Result(statistics.median(durations), 16.0, "ms", method)


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
            page.add_init_script(RECORD_WHEN_SHOWN)
            page.goto(server.url, wait_until="commit")
            times.append(page.wait_for_function("window.shown").json_value())
    method = f"from the request until tree and slider of the demo are painted, new Chromium each, median of {OPENINGS}"
    return Result(statistics.median(times), 1000.0, "ms", method)
