"""Writes the tables of the studies `recipes` and `suggested` in methods.md: `python -m studies.cost.recipe_table`."""

from typing import Any

from studies import pages, records
from studies.cost import recipes, suggested
from studies.cost.step_file import Results

PAGE = records.DOCS / "methods.md"
TEACHER_TITLES = {
    "no teacher": "no teacher",
    "teacher 0.5 at 2.0": "weight 0.5, T 2",
    "teacher 0.9 at 4.0": "weight 0.9, T 4",
}


def make_tables() -> dict[str, str]:
    """Return the blocks of the page."""
    return {
        "recipes": make_recipe_table(recipes.RESULTS.read()),
        "temperatures": make_temperature_table(recipes.RESULTS.read()),
        "suggested": make_suggested_table(suggested.RESULTS.read()),
    }


def make_recipe_table(results: dict[str, Results]) -> str:
    """Return a table with a row for each case and learning rate: accuracy after the last epoch, in percent."""
    rows = []
    for case, steps in results.items():
        for rate in recipes.RATES:
            trainings = [steps.get(f"rate {rate}, {teacher}") for teacher in TEACHER_TITLES]
            if any(training is not None for training in trainings):
                last = [None if training is None else training["epochs"][-1] for training in trainings]
                rows.append(
                    [case, f"{rate:g}", _percent(steps["parent"]), _percent(steps["start"]), *(map(_percent, last))]
                )
    return pages.table(("network", "rate", "parent", "start", *TEACHER_TITLES.values()), rows)


def make_temperature_table(results: dict[str, Results]) -> str:
    """Return a table with a row for each case and augmentation: accuracy after the last epoch, in percent."""
    rows = []
    for case, steps in results.items():
        names = {step.split(",")[0]: None for step in steps if step.startswith("augmentation ")}
        for name in names:
            trainings = [steps.get(f"{name}, temperature {value:g}") for value in recipes.SOFT_TEMPERATURES]
            last = [None if training is None else training["epochs"][-1] for training in trainings]
            rows.append([case, name.removeprefix("augmentation "), *map(_percent, last)])
    header = ("network", "augmentation", *(f"T {value:g}" for value in recipes.SOFT_TEMPERATURES))
    return pages.table(header, rows, text_columns=2)


def make_suggested_table(results: dict[str, Results]) -> str:
    """Return a table with a row for each search: what it tried, and the accuracies of its best plan, in percent."""
    rows = [
        [
            case,
            duration,
            str(search["orders"]),
            f"{search['gains']} of {search['exchanges']}",
            *(_percent(search[name]) for name in ("raw", "recalibrated", "reconstructed", "unseen")),
        ]
        for case, searches in results.items()
        for duration, search in searches.items()
    ]
    previews = ("as cut", "re-estimated", "reconstructed", "on other images")
    return pages.table(("network", "time", "orders", "exchanges kept", *previews), rows)


def _percent(measured: dict[str, Any] | None) -> str:
    return "–" if measured is None else f"{100 * measured['correct'] / measured['images']:.2f}"


if __name__ == "__main__":
    pages.update(PAGE, make_tables())
