"""Table of the study `best_at_cost` in docs/methods.md, made from its data: `python -m studies.cost.best_table`."""

import json
import statistics
from typing import Any

from studies import pages, records

DATA = records.DOCS / "data" / "best-at-cost.json"
PAGE = records.DOCS / "methods.md"
TITLES = {"resnet20": "ResNet-20, 41.5%", "resnet56": "ResNet-56, 46%", "lite0": "EfficientNet-Lite0, 50%"}
PLANS = {"one order": "by the same order", "within layers by obs": "by `obs`"}
STEPS = ("cut", "recalibrated", "reconstructed")

Results = dict[str, dict[str, Any]]


def make_tables(results: dict[str, Results]) -> dict[str, str]:
    """Return the block of the page: one row per network and plan, with accuracies on the test split in percent."""
    rows = [
        [TITLES[case], title, *(_accuracy(steps.get(f"{plan}: {step}")) for step in STEPS), _trained(steps, plan)]
        for case, steps in results.items()
        for plan, title in PLANS.items()
        if f"{plan}: cut" in steps
    ]
    header = ("network, MACs left", "within layers", "as cut", "re-estimated", "reconstructed", "trained (seeds)")
    return {"best-at-cost": pages.table(header, rows, text_columns=2)}


def _accuracy(step: dict[str, Any] | None) -> str:
    return "–" if step is None else f"{_percent(step):.2f}"


def _percent(step: dict[str, Any]) -> float:
    return 100 * float(step["test"]["correct"]) / float(step["test"]["images"])


def _trained(steps: Results, plan: str) -> str:
    """Return the mean over the seeds, with the accuracy of each."""
    values = [_percent(step) for name, step in steps.items() if name.startswith(f"{plan}: trained")]
    if not values:
        return "–"
    return f"{statistics.fmean(values):.2f} ({', '.join(f'{value:.2f}' for value in values)})"


def read() -> dict[str, Results]:
    """Return the stored results by network and step."""
    results: dict[str, Results] = json.loads(DATA.read_text())
    return results


if __name__ == "__main__":
    pages.update(PAGE, make_tables(read()))
