"""The map of ten thousand samples in a real Chromium, moved by pointer and wheel as a person moves it."""

import math
import statistics
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from benchmarks.large_trees import open_large_tree
from benchmarks.results import Result
from tests.e2e.chromium import find_chromium
from tests.large_trees import MANY_SAMPLES

MOVES = 120
FLUID = 20.0
"""ms: a screen shows a frame every 16.7 ms; a browser that misses every fifth is at this mean."""

START = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const next = () => {
    const now = performance.now();
    window.frames_ms.push(now - last);
    last = now;
    window.timer = requestAnimationFrame(next);
  };
  window.timer = requestAnimationFrame(next);
}"""
STOP = "() => { cancelAnimationFrame(window.timer); return window.frames_ms.slice(2); }"
"""ms between frames; the first ones still belong to what was before."""

Place = tuple[float, float]


def run() -> dict[str, Result]:
    """Needs the built page and a Chromium; without one there are no figures."""
    if find_chromium() is None:
        return {}
    found: dict[str, Result] = {}
    with open_large_tree(MANY_SAMPLES, node_id=2) as page:
        start = page.url
        for where, prefix in (("", "map"), ("&panel=filters", "large_map")):
            page.goto(f"{start}{where}")
            page.get_by_test_id("map").wait_for()
            page.wait_for_load_state("networkidle")
            for name, gesture in GESTURES.items():
                found[f"{prefix}_{name}_frame_ms_10000"] = _measure(page, name, gesture)
    return found


def _measure(page: Page, name: str, gesture: Callable[[Page, Iterator[Place]], None]) -> Result:
    page.evaluate(START)
    gesture(page, _places(page))
    times = page.evaluate(STOP)
    how = f"mean time between {len(times)} frames, {name}, {MANY_SAMPLES.images:,} samples, longest {max(times):.0f} ms"
    return Result(statistics.mean(times), FLUID, "ms", how)


def _places(page: Page) -> Iterator[Place]:
    """Along an ellipse about the middle of the map."""
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for step in range(MOVES):
        angle = 2 * math.pi * step / MOVES
        yield x + 0.4 * box["width"] * math.cos(angle), y + 0.4 * box["height"] * math.sin(angle)


def _hover(page: Page, places: Iterator[Place]) -> None:
    for x, y in places:
        page.mouse.move(x, y)


def _zoom(page: Page, places: Iterator[Place]) -> None:
    page.mouse.move(*next(places))
    for step, _ in enumerate(places):
        page.mouse.wheel(0, -40 if step < MOVES // 2 else 40)


def _pan(page: Page, places: Iterator[Place]) -> None:
    page.mouse.move(*next(places))
    page.mouse.wheel(0, -200)
    page.mouse.down()
    _hover(page, places)
    page.mouse.up()


def _lasso(page: Page, places: Iterator[Place]) -> None:
    """Nearly all of the samples; what is chosen then is shown in all panels."""
    page.mouse.move(*next(places))
    page.keyboard.down("Shift")
    page.mouse.down()
    _hover(page, places)
    page.mouse.up()
    page.keyboard.up("Shift")


GESTURES = {"hover": _hover, "zoom": _zoom, "pan": _pan, "lasso": _lasso}
