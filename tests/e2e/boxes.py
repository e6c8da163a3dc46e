"""Measures the boxes of texts and controls in the page, to find overlaps and content cut off by its panel."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

MEASURE = (Path(__file__).parent / "boxes.js").read_text()

SLACK = 2.0
"""Pixels by which two boxes may overlap: the line box of a text is taller than its letters."""


def find_errors(page: Page) -> list[str]:
    """Descriptions of overlaps, cut-off boxes and scrolling of the page itself; empty if there are none."""
    boxes: list[dict[str, Any]] = page.evaluate(MEASURE)
    assert len(boxes) > 30, "the page is not drawn"
    errors = [f"{box['text']!r} is cut off in {box['panel']}" for box in boxes if box["isCut"]]
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    if width > 0 or height > 0:
        errors.append(f"the page scrolls by {width} × {height} px")
    return errors + _find_overlaps([box for box in boxes if box["panel"]])


def _find_overlaps(boxes: list[dict[str, Any]]) -> list[str]:
    overlaps = []
    for index, box in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if _belong_together(box, other) or _overlap(box, other) <= SLACK:
                continue
            overlaps.append(
                f"{box['text']!r} ({box['where']}) overlaps {other['text']!r} ({other['where']}) in {box['panel']}"
            )
    return overlaps


def _overlap(box: dict[str, Any], other: dict[str, Any]) -> float:
    """The shorter edge of the common rectangle, pixels."""
    (top, bottom), (other_top, other_bottom) = _letters(box), _letters(other)
    width = min(box["right"], other["right"]) - max(box["left"], other["left"])
    return float(min(width, min(bottom, other_bottom) - max(top, other_top)))


def _letters(box: dict[str, Any]) -> tuple[float, float]:
    """Top and bottom of the letters, which fill only the middle of a line box."""
    inset = min(3.0, (box["bottom"] - box["top"]) / 5)
    return box["top"] + inset, box["bottom"] - inset


def _belong_together(box: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the boxes are a control and its text, or lines of the same text."""
    return bool(box["control"] and box["control"] == other["control"]) or box["id"] == other["id"]
