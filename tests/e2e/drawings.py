"""Golden drawings that need a real browser: what stands in them is compared exactly, where words stand roughly."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).with_name("golden")
CURE = "\nLook at the drawing; `UPDATE_GOLDEN=1 pytest …` accepts it."
PLACES = {"x", "y", "width", "height", "viewBox"}
SLACK = 80
"""Pixels that words, and what stands below or beside them, may be away: fonts are those of the machine."""
LAID_OUT = 2
"""Down to where the browser lays things out: file, chart, words and drawings of the chart. In these nothing moves."""
SVG = "{http://www.w3.org/2000/svg}"


def check_golden(name: str, drawing: str) -> None:
    """The drawing is that of `golden/NAME.svg`, or becomes it where UPDATE_GOLDEN is set."""
    path = FOLDER / f"{name}.svg"
    lines = drawing.replace("><", ">\n<") + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(lines)
    faults = list(_faults(ElementTree.fromstring(path.read_text()), ElementTree.fromstring(lines)))
    assert not faults, f"{path.name}: " + "\n".join(faults[:5]) + CURE


def _faults(golden: ElementTree.Element, drawn: ElementTree.Element, depth: int = 0) -> Iterator[str]:
    if (golden.tag, _text(golden), len(golden)) != (drawn.tag, _text(drawn), len(drawn)):
        yield f"{_say(golden)} has become {_say(drawn)}"
        return
    for attribute in sorted(golden.attrib.keys() | drawn.attrib.keys()):
        old, new = golden.get(attribute, ""), drawn.get(attribute, "")
        is_laid_out = depth <= LAID_OUT and attribute in PLACES
        if not (_is_near(old, new) if is_laid_out else old == new):
            yield f"{_say(golden)}: {attribute} was {old}, is {new}"
    for parts in zip(golden, drawn, strict=True):
        yield from _faults(*parts, depth + 1)


def _text(element: ElementTree.Element) -> str:
    return (element.text or "").strip()


def _say(element: ElementTree.Element) -> str:
    return f"<{element.tag.removeprefix(SVG)}> “{_text(element)}” of {len(element)} parts"


def _is_near(old: str, new: str) -> bool:
    return all(
        abs(float(a) - float(b)) <= SLACK
        for a, b in zip(re.findall(r"[-.\d]+", old), re.findall(r"[-.\d]+", new), strict=True)
    )
