"""Golden drawings that need a real browser: content is compared exactly, the position of texts roughly."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).with_name("golden")
HOW_TO_UPDATE = "\nCheck the drawing; `UPDATE_GOLDEN=1 pytest …` accepts it."
POSITIONS = {"x", "y", "width", "height", "viewBox"}
SLACK = 80
"""Pixels by which texts and what follows them may move, as fonts differ between machines."""
LAYOUT_DEPTH = 2
"""Depth down to which the browser lays out elements: file, chart, texts and drawings. Inside drawings nothing moves."""
SVG = "{http://www.w3.org/2000/svg}"


def check_golden(name: str, drawing: str) -> None:
    """Compare the drawing with `golden/NAME.svg`, or replace that if UPDATE_GOLDEN is set."""
    path = FOLDER / f"{name}.svg"
    lines = drawing.replace("><", ">\n<") + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(lines)
    differences = list(_differences(ElementTree.fromstring(path.read_text()), ElementTree.fromstring(lines)))
    assert not differences, f"{path.name}: " + "\n".join(differences[:5]) + HOW_TO_UPDATE


def _differences(golden: ElementTree.Element, drawn: ElementTree.Element, depth: int = 0) -> Iterator[str]:
    if (golden.tag, _text(golden), len(golden)) != (drawn.tag, _text(drawn), len(drawn)):
        yield f"{_describe(golden)} has become {_describe(drawn)}"
        return
    for attribute in sorted(golden.attrib.keys() | drawn.attrib.keys()):
        old, new = golden.get(attribute, ""), drawn.get(attribute, "")
        may_move = depth <= LAYOUT_DEPTH and attribute in POSITIONS
        if not (_is_near(old, new) if may_move else old == new):
            yield f"{_describe(golden)}: {attribute} was {old}, is {new}"
    for children in zip(golden, drawn, strict=True):
        yield from _differences(*children, depth + 1)


def _text(element: ElementTree.Element) -> str:
    return (element.text or "").strip()


def _describe(element: ElementTree.Element) -> str:
    return f"<{element.tag.removeprefix(SVG)}> “{_text(element)}” with {len(element)} children"


def _is_near(old: str, new: str) -> bool:
    return all(
        abs(float(a) - float(b)) <= SLACK
        for a, b in zip(re.findall(r"[-.\d]+", old), re.findall(r"[-.\d]+", new), strict=True)
    )
