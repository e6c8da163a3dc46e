"""The structure of the code: what the server imports, and how large folders, files and functions are."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "backend" / "cnnpruner"
TORCH_FREE = ("api", "service", "store", "runners", "client", "planning", "domain", "drawing")
MOST_FILES = 15
REGISTRY_FOLDERS = ("planning/criteria", "jobs/kinds")
"""Folders with a file for each declaration, which a registry finds: they may hold any number of files."""
MOST_LINES = 400
FUNCTION_LINES_90TH_PERCENTILE = 18
"""Nine in ten functions have at most this many lines."""

WORKER_ONLY_PACKAGES = ("torch", "torchvision", "timm", "sklearn", "openTSNE")


def modules(packages: tuple[str, ...]) -> list[str]:
    """Names of all modules in these packages, except migrations, which Alembic loads."""
    files = [
        path
        for package in packages
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for path in files
    ]


def test_the_server_loads_no_torch() -> None:
    names = modules(TORCH_FREE)
    assert "cnnpruner.api.server" in names and len(names) > 150
    program = (
        f"import importlib, sys; [importlib.import_module(name) for name in {names}]; "
        f"print(*sorted(set({WORKER_ONLY_PACKAGES}) & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert process.stdout.split() == []


def folders() -> Iterator[tuple[str, int]]:
    """Each folder of Python files in package, tests, benchmarks and studies, with the number of its files."""
    root = PACKAGE.parents[1]
    for top in ("backend/cnnpruner", "tests", "benchmarks", "studies"):
        for folder in sorted([root / top, *(path for path in (root / top).rglob("*") if path.is_dir())]):
            count = sum(path.name != "__init__.py" for path in folder.glob("*.py"))
            if count and not str(folder).endswith(REGISTRY_FOLDERS):
                yield str(folder.relative_to(root)), count


@pytest.mark.parametrize(("folder", "count"), list(folders()))
def test_no_folder_has_too_many_files(folder: str, count: int) -> None:
    assert count <= MOST_FILES, f"{folder} has {count} Python files; give it subfolders (CONTRIBUTING.md)"


def test_files_and_functions_stay_short() -> None:
    lengths: list[int] = []
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert text.count("\n") <= MOST_LINES, f"{path.relative_to(PACKAGE)} is longer than {MOST_LINES} lines"
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        lengths += [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    lengths.sort()
    assert lengths[int(0.9 * len(lengths))] <= FUNCTION_LINES_90TH_PERCENTILE
