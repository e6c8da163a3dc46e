"""One line of a listing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A string, name or docstring of a group, with its file and line."""

    group: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """`cli/serve.py:12  the text`, on one line."""
        return f"{self.file}:{self.line}  {' '.join(self.text.split())}"
