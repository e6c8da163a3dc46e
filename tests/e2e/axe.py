"""Checks an open page for accessibility violations that axe-core rates serious or critical."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, expect

SOURCE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
HOW_TO_INSTALL = f"axe-core is missing at {SOURCE}: run `npm --prefix frontend ci`."
RUN = """async ({ rules, within }) => {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = await axe.run(within ?? document, options);
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
}"""
MAX_ELEMENTS = 3


def find_violations(page: Page, rules: list[str] | None = None, within: str | None = None) -> list[str]:
    """Descriptions of all violations: rule, requirement, and the first elements that violate it.

    rules: ids or tags of rules, or None for all. within: CSS selector to check only a part of the page.
    """
    assert SOURCE.exists(), HOW_TO_INSTALL
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=SOURCE)
    return [_describe(violation) for violation in page.evaluate(RUN, {"rules": rules, "within": within})]


def follow_system(page: Page, theme: Literal["light", "dark"] = "light") -> None:
    """Let the page follow this system theme unless one was chosen in it, and disable transitions between colours."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")


def find_dialog_violations(page: Page) -> list[str]:
    """Violations in the open dialog in both themes, which differ only in colours; the page must follow the system."""
    violations = find_violations(page, within="wa-dialog")
    follow_system(page, "dark")
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    violations += [f"dark: {violation}" for violation in find_violations(page, ["color-contrast"], "wa-dialog")]
    follow_system(page)
    expect(page.locator("html[data-theme=light]")).to_be_attached()
    return violations


def _describe(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    elements = [f"{node['target']}: {node['html'][:160]} ({node['failureSummary']})" for node in nodes[:MAX_ELEMENTS]]
    return f"{violation['id']} ({violation['help']}), {len(nodes)} times: " + " | ".join(elements)
