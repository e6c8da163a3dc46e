"""Table of the study `compared` in docs/methods.md, made from its data: `python -m studies.cost.compared_table`."""

import statistics
from typing import Any

from studies import pages, records
from studies.cost.compared import PLANS, RECOVERIES, RESULTS
from studies.cost.peers import IMPORTANCES
from studies.cost.step_file import Results

PAGE = records.DOCS / "methods.md"
TITLES = {
    "suggested": "suggested (search of 300 s)",
    "obs": "loss change / √MACs, within layers by `obs`",
    "paper's order": "paper's order (default of 0.1.0)",
} | {importance: f"Torch-Pruning, {importance}" for importance in IMPORTANCES}


def make_table(results: dict[str, Results]) -> dict[str, str]:
    """Return the block of the page: a row for each plan, a column for each recovery."""
    rows = []
    for plan in PLANS:
        steps = results.get(plan, {})
        if steps:
            macs = next(iter(steps.values()))["macs"]
            cells = [_describe(steps, recovery) for recovery in RECOVERIES]
            rows.append([TITLES.get(plan, plan), f"{100 * macs:.2f}", *cells, _training_cost(steps)])
    header = ("plan", "MACs left", *(name.replace("plain", "plain, as 0.1.0") for name in RECOVERIES), "tuning, TMACs")
    return {"compared": pages.table(header, rows)}


def _describe(steps: Results, recovery: str) -> str:
    """Return the mean test accuracy over the seeds in percent, with the accuracy of each."""
    values = [_percent(step) for name, step in steps.items() if name.startswith(f"{recovery}, seed")]
    if not values:
        return "–"
    return f"{statistics.fmean(values):.2f} ({', '.join(f'{value:.2f}' for value in values)})"


def _training_cost(steps: Results) -> str:
    """Return the cost of the plain tuning and of the recipe's, in 10¹² multiply-accumulates."""
    costs = {name.split(",")[0]: step["training_macs"] / 1e12 for name, step in steps.items()}
    return " / ".join(f"{costs[name]:.2f}" for name in ("plain", "best start and recipe") if name in costs)


def _percent(step: dict[str, Any]) -> float:
    return 100 * float(step["test"]["correct"]) / float(step["test"]["images"])


if __name__ == "__main__":
    pages.update(PAGE, make_table(RESULTS.read()))
