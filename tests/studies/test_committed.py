"""What docs/ tells is what the data in docs/data give."""

import pytest

from studies import case_table, figures, pages, ranks_page, records


def test_tables_of_the_case_study_are_those_of_its_data() -> None:
    page = case_table.PAGE.read_text()
    made = pages.filled(page, case_table.blocks(records.read(case_table.DATA)))
    assert made == page, "run `python -m studies.case_table`"


def test_tables_about_ranks_are_those_of_their_data() -> None:
    page = ranks_page.PAGE.read_text()
    assert pages.filled(page, ranks_page.blocks(ranks_page.read())) == page, "run `python -m studies.ranks_page`"


@pytest.mark.parametrize("name", ["preview-and-tuned", "rank-stability"])
def test_figures_lie_beside_the_page_that_shows_them(name: str) -> None:
    assert f"](figures/{name}.svg)" in ranks_page.PAGE.read_text()
    text = (figures.FOLDER / f"{name}.svg").read_text()
    assert all(tree.title in text for tree in ranks_page.read().trees)
