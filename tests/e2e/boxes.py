"""Where words and controls stand in the page: which lie on each other, and which are cut off by their panel."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

MEASURE = (Path(__file__).parent / "boxes.js").read_text()

BEYOND = "[document.body.scrollWidth - innerWidth, document.body.scrollHeight - innerHeight]"

SLACK = 2.0
"""Pixels that two boxes may share: the line box of a text is taller than its letters."""


def find_errors(page: Page) -> list[str]:
    """Sentences; empty where nothing overlaps, nothing is cut off and the page itself does not scroll."""
    boxes: list[dict[str, Any]] = page.evaluate(MEASURE)
    assert len(boxes) > 30, "the page is not drawn"
    faults = [f"{box['text']!r} is cut off in {box['panel']}" for box in boxes if box["isCut"]]
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    if width > 0 or height > 0:
        faults.append(f"the page scrolls by {width} × {height} px")
    return faults + _overlaps([box for box in boxes if box["panel"]])


def _overlaps(boxes: list[dict[str, Any]]) -> list[str]:
    found = []
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if _is_one(one, other) or _shared(one, other) <= SLACK:
                continue
            found.append(
                f"{one['text']!r} ({one['where']}) lies on {other['text']!r} ({other['where']}) in {one['panel']}"
            )
    return found


def _shared(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The smaller edge of the common rectangle."""
    (top, bottom), (other_top, other_bottom) = _letters(one), _letters(other)
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    return float(min(wide, min(bottom, other_bottom) - max(top, other_top)))


def _letters(box: dict[str, Any]) -> tuple[float, float]:
    """Letters fill the middle of a line box, so its ends do not count."""
    inset = min(3.0, (box["bottom"] - box["top"]) / 5)
    return box["top"] + inset, box["bottom"] - inset


def _is_one(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """A control and the words in it, or the parts of one text."""
    return bool(one["control"] and one["control"] == other["control"]) or one["id"] == other["id"]
