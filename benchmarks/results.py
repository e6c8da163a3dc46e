"""What a benchmark finds, as a table and as a file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """One figure. It is good at or below its target."""

    value: float
    target: float
    unit: str
    how: str


def write(results: Mapping[str, Result], file: Path = FILE) -> None:
    """Name → value, target, unit, how; what is there from other benchmarks stays."""
    before = json.loads(file.read_text()) if file.exists() else {}
    now = {name: asdict(result) | {"value": round(result.value, 4)} for name, result in results.items()}
    file.write_text(json.dumps(before | now, indent=2, ensure_ascii=False) + "\n")


def row(name: str, result: Result) -> str:
    """A line of the table."""
    verdict = "ok" if result.value <= result.target else "MISSED"
    return f"{name:<42} {result.value:>8.3f}  ≤ {result.target:<5g} {result.unit:<6} {verdict}"
