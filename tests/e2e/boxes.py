"""Where words and controls stand in the page: which lie on each other, and which are cut off by their panel."""

from typing import Any

from playwright.sync_api import Page

MEASURE = """() => {
  const seen = [];
  const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const clipOf = (element, isText) => {
    const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight, scrolls: false };
    for (let at = isText ? element : element.parentElement; at; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const box = at.getBoundingClientRect();
      const scrolls = [overflowX, overflowY].some((value) => value === "auto" || value === "scroll");
      if (overflowX !== "visible") { clip.left = Math.max(clip.left, box.left); clip.right = Math.min(clip.right, box.right); }
      if (overflowY !== "visible") { clip.top = Math.max(clip.top, box.top); clip.bottom = Math.min(clip.bottom, box.bottom); }
      clip.scrolls ||= scrolls || getComputedStyle(at).textOverflow === "ellipsis";
    }
    return clip;
  };
  const add = (element, box, text) => {
    if (box.width < 1 || box.height < 1 || !isShown(element)) return;
    const clip = clipOf(element, text[0] !== "<");
    const inside = { left: Math.max(box.left, clip.left), right: Math.min(box.right, clip.right), top: Math.max(box.top, clip.top), bottom: Math.min(box.bottom, clip.bottom) };
    if (inside.right - inside.left < 1 || inside.bottom - inside.top < 1) {
      if (!clip.scrolls) seen.push({ text, ...box.toJSON(), isCut: true, panel: "" });
      return;
    }
    const lost = Math.max(inside.left - box.left, box.right - inside.right, inside.top - box.top, box.bottom - inside.bottom);
    const panel = element.closest(".panel")?.id ?? element.closest(".top, .status")?.className ?? "";
    const where = element.closest("[data-testid]")?.dataset.testid ?? element.parentElement.getAttribute("class") ?? "";
    seen.push({ text, ...inside, isCut: lost > 2 && !clip.scrolls, panel, where, control: element.closest("button, select, input")?.outerHTML.slice(0, 60) ?? "" });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || element.closest("title, option, script, style, .unseen, wa-dropdown-item, wa-toast")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) add(element, box, text);
  }
  for (const element of document.querySelectorAll("main input, main select, main button.icon, .top button")) add(element, element.getBoundingClientRect(), `<${element.tagName.toLowerCase()} ${element.title || element.className}>`);
  return seen;
}"""

SLACK = 2.0
"""Pixels that two boxes may share: the line box of a text is taller than its letters."""


def find_faults(page: Page) -> list[str]:
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
            if _is_within(one, other) or _shared(one, other) <= SLACK:
                continue
            found.append(
                f"{one['text']!r} ({one['where']}) lies on {other['text']!r} ({other['where']}) in {one['panel']}"
            )
    return found


def _shared(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The smaller edge of the common rectangle; letters fill the middle of a line box, so its ends do not count."""
    inset = lambda box: min(3.0, (box["bottom"] - box["top"]) / 5)  # noqa: E731
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    tall = min(one["bottom"] - inset(one), other["bottom"] - inset(other)) - max(
        one["top"] + inset(one), other["top"] + inset(other)
    )
    return float(min(wide, tall))


def _is_within(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """A control and the words in it."""
    return bool(one["control"] and one["control"] == other["control"])
