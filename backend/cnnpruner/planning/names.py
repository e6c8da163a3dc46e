"""Chooses the names of drafts. `planning/names.ts` on the page does the same."""

from collections.abc import Collection

LETTERS = 26


def first_free_name(taken_names: Collection[str]) -> str:
    """Return the name for the next draft of a node: the first unused one of A, B, … Z, A1, B1, …"""
    names = (chr(ord("A") + i % LETTERS) + str(i // LETTERS or "") for i in range(len(taken_names) + 1))
    return next(name for name in names if name not in taken_names)
