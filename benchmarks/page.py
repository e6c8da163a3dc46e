"""The page in a real Chromium: a drag over 4,224 filters, how soon the demo is there, a choice among 500 nodes."""

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
CHOICES = 40

TELL_WHEN_SHOWN = """(() => {
  const painted = () => setTimeout(() => { window.shown = performance.now(); });
  const look = () => {
    const isThere = document.querySelector("[data-testid=node-0]") && document.querySelector("[role=slider]");
    requestAnimationFrame(isThere ? painted : look);
  };
  requestAnimationFrame(look);
})()"""
"""ms since the navigation began, after the frame in which both stand."""

TIMED_CHOICE = """async (key) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  const start = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await frame();
  await frame();
  return performance.now() - start;
}"""
"""From the key to the frame after the one in which all panels were drawn anew, ms."""


def run() -> dict[str, Result]:
    """Needs the built page and a Chromium; without one there are no figures."""
    if find_chromium() is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        try:
            server.ready(server.demo_root(), timeout_s=300)
            root = server.ready(server.call("POST", "/experiments", VGG16)["root_id"], timeout_s=300)
            found = {"drag_frame_ms_vgg16bn": _drag(server, root["id"]), "page_shows_demo_ms": _open(server)}
        finally:
            server.stop()
    return found | {"choice_ms_500_nodes": _choose()}


def _choose() -> Result:
    with open_large_tree(MANY_NODES, node_id=MANY_NODES.nodes // 2) as page:
        expect(page.locator("#stats .cells rect.diagonal")).to_have_count(MANY_NODES.classes)
        page.get_by_role("slider").first.wait_for()
        times = [page.evaluate(TIMED_CHOICE, "[" if step % 2 else "]") for step in range(CHOICES)]
    what = f"{MANY_NODES.nodes} nodes, {MANY_NODES.classes} classes"
    how = f"from a key that chooses a node until it is drawn; {what}; median of {CHOICES}"
    return Result(statistics.median(times), 100.0, "ms", how)


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
            page.add_init_script(TELL_WHEN_SHOWN)
            page.goto(server.url, wait_until="commit")
            times.append(page.wait_for_function("window.shown").json_value())
    how = f"from the request until tree and line of the demo are painted, new Chromium each time, median of {OPENINGS}"
    return Result(statistics.median(times), 1000.0, "ms", how)
