"""Names of drafts; `frontend/tests/planning/names.test.ts` has the same cases."""

import pytest

from cnnpruner.planning.names import first_free_name

ALPHABET = [chr(ord("A") + index) for index in range(26)]


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ([], "A"),
        (["A"], "B"),
        (["A", "C"], "B"),
        (["B"], "A"),
        (["A", "wide layers"], "B"),
        (ALPHABET, "A1"),
        ([*ALPHABET, "A1"], "B1"),
    ],
)
def test_the_next_draft_has_the_first_free_name(taken: list[str], name: str) -> None:
    assert first_free_name(taken) == name
