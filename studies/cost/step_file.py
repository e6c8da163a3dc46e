"""Results of a study that are measured step by step, so that an interrupted study goes on."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Results = dict[str, dict[str, Any]]
"""What each step of a case measured."""


@dataclass(frozen=True)
class StepFile:
    """A JSON file with the results of all steps."""

    path: Path

    def read(self) -> dict[str, Results]:
        """Return the stored results by case and step."""
        results: dict[str, Results] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return results

    def record(self, case: str, step: str, measure: Callable[[], dict[str, Any]]) -> None:
        """Measure a step and store its result with the seconds that it took, unless it is stored already. Print it."""
        results = self.read()
        if step not in results.get(case, {}):
            started_at = time.monotonic()
            result = measure()
            results = self.read()
            results.setdefault(case, {})[step] = result | {"seconds": round(time.monotonic() - started_at, 1)}
            self.path.write_text(json.dumps(results, indent=1) + "\n")
        sys.stdout.write(f"{case}, {step}: {results[case][step]}\n")
        sys.stdout.flush()
