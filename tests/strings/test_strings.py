"""The listing of strings finds a known one of every group, and leaves out what no person meets."""

import pytest

from tests.strings.__main__ import GROUPS, draw, main, python_files, read_all_strings, read_page
from tests.strings.entry import Entry
from tests.strings.python_source import read_docstrings, read_names

KNOWN = {
    "errors": ("backend/cnnpruner/planning/structure.py", "its filters"),
    "notices and logs": ("backend/cnnpruner/api/server.py", "CNNPruner"),
    "REST": ("openapi.json", "Times are in UTC"),
    "command line": ("backend/cnnpruner/cli/links.py", "links"),
    "HTML report": ("backend/cnnpruner/drawing/report.py", "Accuracy"),
    "page": ("frontend/src/views/dialogs/dialogs.ts", "New experiment"),
    "client": ("backend/cnnpruner/client/client.py", "was cancelled"),
}
"""A file and a piece of one of its strings, by group."""


@pytest.fixture(scope="module")
def strings() -> list[Entry]:
    return read_all_strings()


@pytest.mark.parametrize("group", GROUPS)
def test_a_known_string_of_every_group_is_listed(strings: list[Entry], group: str) -> None:
    file, piece = KNOWN[group]
    assert any(entry.file == file and piece in entry.text for entry in strings if entry.group == group)


def test_placeholders_are_shown_as_dots_in_braces(strings: list[Entry]) -> None:
    texts = {entry.text for entry in strings if entry.group == "page"}
    assert any(text.startswith("Node {…}") for text in texts)
    assert not any("${" in text for text in texts)


def test_keys_classes_and_queries_are_left_out(strings: list[Entry]) -> None:
    texts = {entry.text for entry in strings}
    assert not texts & {"wa-dialog", "dialog", "paragraph", "checked", "ArrowDown", "experiment_id"}
    assert not any(text.startswith(("PRAGMA", "SELECT")) for text in texts)


def test_names_and_docstrings_of_both_languages_are_listed() -> None:
    names = {entry.text for entry in (*read_names(python_files(False)), *read_page("--names"))}
    assert {"draft_plan", "CNNPrunerError", "drawHelp"} <= names
    docstrings = " ".join(entry.text for entry in (*read_docstrings(python_files(False)), *read_page("--docstrings")))
    assert "CNNPrunerError" not in docstrings.split()
    assert "How many seconds a worker may take to exit after its pipe has been closed." in docstrings


def test_a_sample_is_drawn_by_seed() -> None:
    entries = [Entry("page", "a.ts", line, f"text {line}") for line in range(100)]
    assert len(draw(entries, 10, 1)) == 10
    assert draw(entries, 10, 1) == draw(entries, 10, 1) != draw(entries, 10, 2)
    assert draw(entries, None, 1) == draw(entries, 200, 1) == entries


def test_sample_of_one_group_is_written_with_counts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--group", "HTML report", "--sample", "5"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "## HTML report (5)"
    assert lines[-1].startswith("5 of ")
    assert all(line.startswith("backend/cnnpruner/drawing/") and "  " in line for line in lines[2:7])
