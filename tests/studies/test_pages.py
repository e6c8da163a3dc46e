"""Blocks in pages are replaced by their name."""

import pytest

from studies.pages import replace_blocks, table


def test_a_block_is_replaced_and_the_prose_is_unchanged() -> None:
    page = "Before\n<!-- one -->\nold\nlines\n<!-- /one -->\nafter"
    assert replace_blocks(page, {"one": r"new \1"}) == "Before\n<!-- one -->\nnew \\1\n<!-- /one -->\nafter"


def test_a_missing_block_is_named() -> None:
    with pytest.raises(KeyError, match="no block two"):
        replace_blocks("nothing", {"two": "x"})


def test_numbers_are_right_aligned() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
