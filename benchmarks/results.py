"""Results of benchmarks, as a table and as a file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """One measured number, which meets its target if it is at or below it."""

    value: float
    target: float
    unit: str
    method: str


def write(results: Mapping[str, Result], file: Path = FILE) -> None:
    """Write value, target, unit and method by name; results of other benchmarks in the file are kept."""
    previous = json.loads(file.read_text()) if file.exists() else {}
    new = {name: asdict(result) | {"value": round(result.value, 4)} for name, result in results.items()}
    file.write_text(json.dumps(previous | new, indent=2, ensure_ascii=False) + "\n")


def row(name: str, result: Result) -> str:
    """Return a line of the table."""
    verdict = "ok" if result.value <= result.target else "MISSED"
    return f"{name:<42} {result.value:>8.3f}  ≤ {result.target:<5g} {result.unit:<6} {verdict}"
