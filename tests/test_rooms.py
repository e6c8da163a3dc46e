"""The rooms of the code: what the server loads, how large folders and files are."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "backend" / "cnnpruner"
TORCH_FREE = ("api", "service", "store", "runners", "client", "planning", "domain", "drawing")
MOST_FILES = 15
MOST_LINES = 400
NINTH_DECILE_OF_FUNCTIONS = 18
"""Nine in ten functions have at most so many lines."""

NEEDED_BY_WORKERS_ALONE = ("torch", "torchvision", "timm", "sklearn", "openTSNE")


def modules(rooms: tuple[str, ...]) -> list[str]:
    """Names of all modules in these rooms, but for migrations, which Alembic loads."""
    files = [
        path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py")) if "migrations" not in path.parts
    ]
    return [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for path in files
    ]


def test_the_server_loads_no_torch() -> None:
    names = modules(TORCH_FREE)
    assert "cnnpruner.api.server" in names and len(names) > 150
    program = (
        f"import importlib, sys; [importlib.import_module(name) for name in {names}]; "
        f"print(*sorted(set({NEEDED_BY_WORKERS_ALONE}) & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def folders() -> Iterator[tuple[str, int]]:
    """Each folder of Python files below package, tests, benchmarks and studies, and how many files are in it."""
    root = PACKAGE.parents[1]
    for top in ("backend/cnnpruner", "tests", "benchmarks", "studies"):
        for folder in sorted([root / top, *(path for path in (root / top).rglob("*") if path.is_dir())]):
            count = sum(path.name != "__init__.py" for path in folder.glob("*.py"))
            if count:
                yield str(folder.relative_to(root)), count


@pytest.mark.parametrize(("folder", "count"), list(folders()))
def test_no_folder_has_more_files_than_one_can_oversee(folder: str, count: int) -> None:
    assert count <= MOST_FILES, f"{folder} has {count} Python files; give it subfolders (CONTRIBUTING.md)"


def test_files_and_functions_stay_short() -> None:
    lengths: list[int] = []
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert text.count("\n") <= MOST_LINES, f"{path.relative_to(PACKAGE)} is longer than {MOST_LINES} lines"
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        lengths += [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    lengths.sort()
    assert lengths[int(0.9 * len(lengths))] <= NINTH_DECILE_OF_FUNCTIONS
