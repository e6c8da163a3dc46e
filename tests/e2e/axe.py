"""Looks in an open page for what axe-core calls a serious or critical barrier."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CURE = f"axe-core is missing at {SOURCE}: type `npm --prefix frontend ci`."
RUN = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = await axe.run(document, options);
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
}"""
SHOWN = 3


def find_barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """By all rules or by some: each as its rule, what it asks for, and the first elements that break it."""
    assert SOURCE.exists(), CURE
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=SOURCE)
    return [_describe(violation) for violation in page.evaluate(RUN, rules)]


def _describe(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    where = [f"{node['target']}: {node['html'][:160]} ({node['failureSummary']})" for node in nodes[:SHOWN]]
    return f"{violation['id']} ({violation['help']}), {len(nodes)} times: " + " | ".join(where)
