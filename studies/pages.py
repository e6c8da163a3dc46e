"""Pages with handwritten prose and tables made from data, which are blocks between two comments with their name."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1) -> str:
    """Return a Markdown table; the columns after the first `text_columns` are numbers and right-aligned."""
    rule = ["---"] * text_columns + ["---:"] * (len(header) - text_columns)
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, rule, *rows])


def replace_blocks(page: str, blocks: Mapping[str, str]) -> str:
    """Replace the text between the comments of each block. Raises KeyError if the page lacks a block."""
    for name, text in blocks.items():
        pattern = _block_pattern(name)
        page, count = pattern.subn(lambda match, text=text: f"{match[1]}\n{text}\n{match[2]}", page)  # type: ignore[misc]
        if not count:
            raise KeyError(f"The page has no block {name}; add <!-- {name} --> and <!-- /{name} --> where it belongs.")
    return page


def update(file: Path, blocks: Mapping[str, str]) -> None:
    """Replace the blocks in a file."""
    file.write_text(replace_blocks(file.read_text(), blocks))


def _block_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {re.escape(name)} -->)\n.*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
