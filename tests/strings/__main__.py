"""Lists strings, names and docstrings: `python -m tests.strings --help`, or `make strings`."""

import argparse
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.strings.entry import Entry
from tests.strings.python_source import PACKAGE, read_docstrings, read_names, read_strings

GROUPS = ("errors", "notices and logs", "REST", "command line", "HTML report", "page", "client")
SCRIPT = REPOSITORY / "frontend/scripts/strings.mjs"
REST_TEXT = re.compile(r'^\s*"(?:summary|description)": (".*"),?$')
HTML_TEXT = re.compile(r"<(title|noscript)>(.+)</")
TESTS = ("tests", "benchmarks", "studies")


def read_rest() -> list[Entry]:
    """Summaries and descriptions of openapi.json, each once."""
    lines: dict[str, int] = {}
    for number, line in enumerate((REPOSITORY / "openapi.json").read_text().splitlines(), start=1):
        if match := REST_TEXT.match(line):
            lines.setdefault(json.loads(match[1]), number)
    return [Entry("REST", "openapi.json", number, text) for text, number in lines.items()]


def read_html() -> list[Entry]:
    """Texts of the page's HTML files."""
    entries = []
    for file in sorted((REPOSITORY / "frontend").glob("*.html")):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if match := HTML_TEXT.search(line):
                entries.append(Entry("page", str(file.relative_to(REPOSITORY)), number, match[2]))
    return entries


def read_page(*options: str) -> list[Entry]:
    """What `strings.mjs` finds in the TypeScript files: user-visible strings, or names, or docstrings."""
    command = ["node", str(SCRIPT), *options]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [Entry(**json.loads(line)) for line in lines]


def read_all_strings() -> list[Entry]:
    """Every string that a person can meet, in the order of GROUPS."""
    rest = read_rest()
    documented = {entry.text for entry in rest}
    own = [entry for entry in (*read_strings(), *read_html(), *read_page()) if entry.text not in documented]
    entries = [*rest, *own]
    return sorted(entries, key=lambda entry: GROUPS.index(entry.group))


def python_files(with_tests: bool) -> list[Path]:
    """Files of the package; of tests, benchmarks and studies, too, if asked for."""
    folders = [PACKAGE, *(REPOSITORY / name for name in TESTS)] if with_tests else [PACKAGE]
    files = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    return [path for path in files if not {"migrations", "published"} & set(path.parts)]


def draw(entries: Sequence[Entry], count: int | None, seed: int) -> list[Entry]:
    """`count` entries at random, in their order; all entries if None."""
    if count is None or count >= len(entries):
        return list(entries)
    sampled_indices = random.Random(seed).sample(range(len(entries)), count)
    return [entries[index] for index in sorted(sampled_indices)]


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Each text once, where it comes first: rare names are drawn as often as common ones."""
    return list({entry.text: entry for entry in reversed(list(entries))}.values())[::-1]


def write(entries: Iterable[Entry], total: int) -> None:
    """Entries below headings of their groups, with counts."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    for group, members in groups.items():
        sys.stdout.write(f"\n## {group} ({len(members)})\n" + "".join(f"{entry}\n" for entry in members))
    sys.stdout.write(f"\n{sum(map(len, groups.values()))} of {total}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the listings that it asks for."""
    parser = argparse.ArgumentParser("make strings", description="List the strings that a person can meet.")
    parser.add_argument("--group", choices=GROUPS, help="only this group")
    parser.add_argument("--sample", type=int, metavar="N", help="only N strings, drawn at random")
    parser.add_argument("--names", type=int, metavar="N", help="N names in place of strings, drawn at random")
    parser.add_argument("--docstrings", type=int, metavar="N", help="N docstrings in place of strings, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="seed of the draw (default: 0)")
    parser.add_argument("--tests", action="store_true", help="names and docstrings of tests, too")
    choice = parser.parse_args(arguments)
    options = ["--tests"] if choice.tests else []
    if choice.names is not None:
        entries = distinct([*read_names(python_files(choice.tests)), *read_page("--names", *options)])
        write(draw(entries, choice.names, choice.seed), len(entries))
    if choice.docstrings is not None:
        entries = [*read_docstrings(python_files(choice.tests)), *read_page("--docstrings", *options)]
        write(draw(entries, choice.docstrings, choice.seed), len(entries))
    if choice.names is None and choice.docstrings is None:
        entries = [entry for entry in read_all_strings() if choice.group in (None, entry.group)]
        write(draw(entries, choice.sample, choice.seed), len(entries))


if __name__ == "__main__":
    main()
