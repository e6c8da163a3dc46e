"""Every path named in the documents for developers exists, and the walkthroughs of the code stay short."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

DOCUMENTS = ("CONTRIBUTING.md", "docs/architecture.md")
ROOTS = (".", "backend/cnnpruner", "frontend/src")
"""Paths are relative to one of these; `api/plans/plans.py` is in the package, `state/store.ts` in the page."""
PLACEHOLDER = "NAME"
"""Occurs in the names of files that a recipe creates."""
ENDINGS = r"\.(?:py|ts|js|json|md|toml|svg|css|txt|mako|db|zip)"
CODE = re.compile(r"```.*?```", re.DOTALL)
PATH = re.compile(rf"`([\w.\-/*]+(?:{ENDINGS}|/))(?:::\w+)?`")

WAYS = {"How a plan travels": 18, "How a click travels": 13}
"""Maximum number of files that a reader has to open."""


def paths_of(text: str) -> list[str]:
    """Paths in backticks that look like a file, or like a folder ending in a slash."""
    return [path for path in PATH.findall(CODE.sub("", text)) if PLACEHOLDER not in path]


def exists(path: str) -> bool:
    return any(any((REPOSITORY / root).glob(path.rstrip("/"))) for root in ROOTS)


def test_paths_are_found_in_a_text() -> None:
    text = "See `store/rows.py`, `tests/e2e/` and `charts/NAME.ts`, not `run()`, `a.b` or:\n```\n`x.py`\n```"
    assert paths_of(text) == ["store/rows.py", "tests/e2e/"]
    assert exists("store/rows.py") and not exists("store/columns.py")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_of_a_document_exists(document: str) -> None:
    paths = paths_of(Path(REPOSITORY / document).read_text())
    assert len(paths) > 15
    assert [path for path in paths if not exists(path)] == []


@pytest.mark.parametrize(("way", "most"), WAYS.items())
def test_ways_through_the_code_are_short(way: str, most: int) -> None:
    section = (REPOSITORY / "docs/architecture.md").read_text().split(f"## {way}")[1].split("\n## ")[0]
    steps = re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)
    assert 10 < len(steps) == len(set(steps)) <= most
    assert f"{len(steps)} files" in section
