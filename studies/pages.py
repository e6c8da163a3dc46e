"""Pages whose prose is a person's and whose tables are made from data: blocks between two comments of one name."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """In Markdown; columns after the first `words` are numbers and stand at the right."""
    rule = ["---"] * words + ["---:"] * (len(header) - words)
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, rule, *rows])


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """`page` with each block's text between its comments. Raises KeyError where the page lacks one."""
    for name, text in blocks.items():
        page, found = _between(name).subn(lambda match, text=text: f"{match[1]}\n{text}\n{match[2]}", page)  # type: ignore[misc]
        if not found:
            raise KeyError(f"The page has no block {name}; add <!-- {name} --> and <!-- /{name} --> where it belongs.")
    return page


def fill(file: Path, blocks: Mapping[str, str]) -> None:
    """Write the blocks into the page."""
    file.write_text(filled(file.read_text(), blocks))


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {re.escape(name)} -->)\n.*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
