"""Blocks of pages."""

import pytest

from studies.pages import filled, table


def test_a_block_is_replaced_and_the_prose_stays() -> None:
    page = "Before\n<!-- one -->\nold\nlines\n<!-- /one -->\nafter"
    assert filled(page, {"one": r"new \1"}) == "Before\n<!-- one -->\nnew \\1\n<!-- /one -->\nafter"


def test_a_page_without_the_block_is_named() -> None:
    with pytest.raises(KeyError, match="no block two"):
        filled("nothing", {"two": "x"})


def test_numbers_stand_at_the_right() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
