"""Runs a notebook's cells as Jupyter would and prints their output: `python notebook.py FILE`."""

import ast
import json
import sys
from pathlib import Path
from typing import Any


def run(path: Path) -> str:
    """Everything that the cells display, as HTML or text. Raises what a cell raises."""
    cells = json.loads(path.read_text())["cells"]
    names: dict[str, Any] = {"__name__": "__main__"}
    outputs = [_run_cell("".join(cell["source"]), names) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(outputs)


def _run_cell(source: str, names: dict[str, Any]) -> str:
    body = ast.parse(source).body
    last = body[-1] if isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";") else None
    exec(compile(ast.Module(body[:-1] if last else body, []), "<cell>", "exec"), names)
    return _display(eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)) if last else ""


def _display(value: Any) -> str:
    to_html = getattr(value, "_repr_html_", None)
    return str(to_html() if to_html is not None else repr(value))


if __name__ == "__main__":
    sys.stdout.write(run(Path(sys.argv[1])))
