"""Looks in an open page for what axe-core calls a serious or critical barrier."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, expect

SOURCE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CURE = f"axe-core is missing at {SOURCE}: type `npm --prefix frontend ci`."
RUN = """async ({ rules, within }) => {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = await axe.run(within ?? document, options);
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
}"""
SHOWN = 3


def find_barriers(page: Page, rules: list[str] | None = None, within: str | None = None) -> list[str]:
    """By all rules or by some, everywhere or within what a selector finds.

    Each is told as its rule, what it asks for, and the first elements that break it.
    """
    assert SOURCE.exists(), CURE
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=SOURCE)
    return [_describe(violation) for violation in page.evaluate(RUN, {"rules": rules, "within": within})]


def follow_system(page: Page, theme: Literal["light", "dark"] = "light") -> None:
    """The page takes this theme where nobody chose one in it; nothing fades, so that all colours count at once."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")


def find_dialog_barriers(page: Page) -> list[str]:
    """Those of the open dialog, in both themes, which differ in colours alone; the page must follow the system."""
    faults = find_barriers(page, within="wa-dialog")
    follow_system(page, "dark")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    faults += [f"dark: {barrier}" for barrier in find_barriers(page, ["color-contrast"], "wa-dialog")]
    follow_system(page)
    expect(page.locator("html[data-theme=light]")).to_be_attached()
    return faults


def _describe(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    where = [f"{node['target']}: {node['html'][:160]} ({node['failureSummary']})" for node in nodes[:SHOWN]]
    return f"{violation['id']} ({violation['help']}), {len(nodes)} times: " + " | ".join(where)
