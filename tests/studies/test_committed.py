"""The tables and figures in docs/ match the data in docs/data."""

import pytest

from studies import case_table, figures, pages, ranks_page, records
from studies.cost import best_table, recipe_table


def test_tables_of_the_case_study_match_their_data() -> None:
    page = case_table.PAGE.read_text()
    updated = pages.replace_blocks(page, case_table.make_tables(records.read(case_table.DATA)))
    assert updated == page, "run `python -m studies.case_table`"


def test_tables_about_ranks_match_their_data() -> None:
    page = ranks_page.PAGE.read_text()
    updated = pages.replace_blocks(page, ranks_page.make_tables(ranks_page.read()))
    assert updated == page, "run `python -m studies.ranks_page`"


def test_the_table_of_what_plans_reach_matches_its_data() -> None:
    page = best_table.PAGE.read_text()
    updated = pages.replace_blocks(page, best_table.make_tables(best_table.read()))
    assert updated == page, "run `python -m studies.cost.best_table`"


def test_the_tables_of_recipes_and_suggested_plans_match_their_data() -> None:
    page = recipe_table.PAGE.read_text()
    updated = pages.replace_blocks(page, recipe_table.make_tables())
    assert updated == page, "run `python -m studies.cost.recipe_table`"


@pytest.mark.parametrize("name", ["preview-and-tuned", "rank-stability"])
def test_figures_exist_and_are_shown_on_the_page(name: str) -> None:
    assert f"](figures/{name}.svg)" in ranks_page.PAGE.read_text()
    text = (figures.FOLDER / f"{name}.svg").read_text()
    assert all(tree.title in text for tree in ranks_page.read().trees)
