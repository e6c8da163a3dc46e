"""Reads user-visible strings, names and docstrings from Python files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.strings.entry import Entry

PACKAGE = REPOSITORY / "backend/cnnpruner"
GROUPS = {"cli": "command line", "drawing": "HTML report", "client": "client"}
"""Top-level folders whose strings form a group of their own."""
DOCUMENTED = ("description", "examples", "summary", "class_", "pattern")
"""Keyword arguments that are in openapi.json anyway, or that nobody sees."""
WORDS = re.compile(r"[A-Za-z]{2,}[^A-Za-z\s]{0,2}[ \n][^A-Za-z\s]{0,3}[A-Za-z{%]|^\{…\} [a-z]{2,}")
HEADED = ("command line", "HTML report")
HEADING = re.compile(r"^[A-Z][a-z]+[.:]?$")
STATEMENT = r"^(SELECT|PRAGMA|CREATE|ALTER|INSERT|UPDATE|DELETE|DROP|WITH|import |from |width=)"
CODE = re.compile(STATEMENT + r"|\(\?|\\[wsd]|: #|\w: .*;")
LONG = 4
"""Shortest local name worth a reading."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_strings() -> Iterator[Entry]:
    """Strings of the package: errors, notices and logs, command line, HTML report, client."""
    for path in sorted(PACKAGE.rglob("*.py")):
        folder = path.relative_to(PACKAGE).parts[0]
        if "migrations" in path.parts:
            continue
        reader = _StringReader(GROUPS.get(folder), str(path.relative_to(REPOSITORY)))
        reader.visit(ast.parse(path.read_text()))
        yield from reader.entries


def read_names(paths: list[Path]) -> Iterator[Entry]:
    """Functions, classes, constants and longer locals and parameters, each once a file."""
    for path in paths:
        file, names = str(path.relative_to(REPOSITORY)), dict[str, int]()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("__"):
                names.setdefault(node.name, node.lineno)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and len(node.id) >= LONG:
                names.setdefault(node.id, node.lineno)
            elif isinstance(node, ast.arg) and len(node.arg) >= LONG:
                names.setdefault(node.arg, node.lineno)
        yield from (Entry("names", file, line, name) for name, line in names.items())


def read_docstrings(paths: list[Path]) -> Iterator[Entry]:
    """Docstrings of modules, classes and functions, and those below constants and fields."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield Entry("docstrings", str(path.relative_to(REPOSITORY)), node.lineno, node.value.value)


class _StringReader(ast.NodeVisitor):
    def __init__(self, group: str | None, file: str) -> None:
        self.entries: list[Entry] = []
        self._group, self._file, self._in_error = group, file, False

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        documentation = ast.get_docstring(node)
        if self._group == "client" and documentation and not node.name.startswith("_"):  # `help(Client)` shows it
            self._add(node, documentation)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        was, self._in_error = self._in_error, True
        self.generic_visit(node)
        self._in_error = was

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "split" and _is_string(node.func.value)):
            self.generic_visit(node)  # but a list of names, split

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in DOCUMENTED:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._add(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._add(node, _text(node))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if _is_string(node.left) and _is_string(node.right):
            self._add(node, _text(node))
        else:
            self.generic_visit(node)

    def _add(self, node: ast.expr | ast.FunctionDef, text: str) -> None:
        is_text = WORDS.search(text) or (self._group in HEADED and HEADING.match(text))
        if is_text and not CODE.search(text):
            group = self._group or ("errors" if self._in_error else "notices and logs")
            self.entries.append(Entry(group, self._file, node.lineno, text))


def _is_string(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_string(node.left) and _is_string(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _text(node: ast.expr) -> str:
    """The text of a string, f-string or sum of both; {…} stands for what is filled in."""
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "{…}"
