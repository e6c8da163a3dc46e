"""The map of ten thousand samples in a real Chromium, moved by pointer and wheel like a user would."""

import math
import statistics
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from benchmarks.large_trees import open_large_tree
from benchmarks.results import Result
from tests.e2e.chromium import find_chromium
from tests.large_trees import MANY_SAMPLES

MOVES = 120
SMOOTH_MS = 20.0
"""A screen shows a frame every 16.7 ms; missing every fifth one gives this mean."""

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
"""ms between frames; the first two still belong to the previous state."""

Point = tuple[float, float]


def run() -> dict[str, Result]:
    """Measure the built page; without a Chromium there are no results."""
    if find_chromium() is None:
        return {}
    results: dict[str, Result] = {}
    with open_large_tree(MANY_SAMPLES, node_id=2) as page:
        start = page.url
        for query, prefix in (("", "map"), ("&panel=filters", "large_map")):
            page.goto(f"{start}{query}")
            page.get_by_test_id("map").wait_for()
            page.wait_for_load_state("networkidle")
            for name, gesture in GESTURES.items():
                results[f"{prefix}_{name}_frame_ms_10000"] = _measure(page, name, gesture)
    return results


def _measure(page: Page, name: str, gesture: Callable[[Page, Iterator[Point]], None]) -> Result:
    page.evaluate(START)
    gesture(page, _ellipse(page))
    times = page.evaluate(STOP)
    frames = f"{len(times)} frames, {name}, {MANY_SAMPLES.images:,} samples, longest {max(times):.0f} ms"
    return Result(statistics.mean(times), SMOOTH_MS, "ms", f"mean time between {frames}")


def _ellipse(page: Page) -> Iterator[Point]:
    """Yield points on an ellipse around the centre of the map."""
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for step in range(MOVES):
        angle = 2 * math.pi * step / MOVES
        yield x + 0.4 * box["width"] * math.cos(angle), y + 0.4 * box["height"] * math.sin(angle)


def _hover(page: Page, points: Iterator[Point]) -> None:
    for x, y in points:
        page.mouse.move(x, y)


def _zoom(page: Page, points: Iterator[Point]) -> None:
    page.mouse.move(*next(points))
    for step, _ in enumerate(points):
        page.mouse.wheel(0, -40 if step < MOVES // 2 else 40)


def _pan(page: Page, points: Iterator[Point]) -> None:
    page.mouse.move(*next(points))
    page.mouse.wheel(0, -200)
    page.mouse.down()
    _hover(page, points)
    page.mouse.up()


def _lasso(page: Page, points: Iterator[Point]) -> None:
    """Select nearly all samples, which are then shown in all panels."""
    page.mouse.move(*next(points))
    page.keyboard.down("Shift")
    page.mouse.down()
    _hover(page, points)
    page.mouse.up()
    page.keyboard.up("Shift")


GESTURES = {"hover": _hover, "zoom": _zoom, "pan": _pan, "lasso": _lasso}
