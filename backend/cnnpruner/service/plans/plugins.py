"""User-defined criteria. They are examined in a separate process, because the server itself never runs user code."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from pydantic import TypeAdapter

from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.planning.criteria.descriptions import describe_unusable_criterion
from cnnpruner.planning.criteria.plugins import CriterionSource, find_criterion_sources

log = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 120.0
"""Time limit for the process that checks all sources, including its import of torch."""
_CRITERIA_ADAPTER: TypeAdapter[list[CriterionInfo]] = TypeAdapter(list[CriterionInfo])


class Plugins:
    """User-defined criteria, from a folder and from entry points. They are looked up and checked once, at the first
    call of `user_defined_criteria`.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._infos: list[CriterionInfo] | None = None

    def user_defined_criteria(self) -> list[CriterionInfo]:
        """Returns all user-defined criteria. A criterion that cannot be used has an `error`. The first call waits until
        all criteria have been checked.
        """
        with self._lock:
            if self._infos is None:
                self._infos = _reject_duplicate_names(check_criterion_sources(self._folder, CHECK_TIMEOUT_S))
                for info in self._infos:
                    _log_criterion_status(info)
            return self._infos


def check_criterion_sources(folder: Path | None, timeout_s: float) -> list[CriterionInfo]:
    """Returns descriptions of the criteria in all sources, which are files and entry points.

    A source that crashes or stalls the checking process is skipped; a new process then checks the remaining sources.
    """
    sources, criteria, checked_count = find_criterion_sources(folder), list[CriterionInfo](), 0
    while checked_count < len(sources):
        lines, outcome = _run_criteria_check(folder, checked_count, timeout_s)
        for line in lines:
            criteria += _CRITERIA_ADAPTER.validate_json(line)
        checked_count += len(lines)
        if checked_count < len(sources):
            criteria.append(_describe_skipped_source(sources[checked_count], outcome))
            checked_count += 1
    return criteria


def _run_criteria_check(folder: Path | None, after: int, timeout_s: float) -> tuple[list[bytes], str]:
    """Returns the complete lines that a checking process printed, and a sentence that says how the process ended."""
    command = [
        sys.executable,
        "-m",
        "cnnpruner.worker.criteria_check",
        "--criteria",
        str(folder or ""),
        "--after",
        str(after),
    ]
    try:
        process = subprocess.run(
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=timeout_s, check=False
        )
        output, outcome = (
            process.stdout,
            f"The criterion crashed the process that checked it (exit status {process.returncode}).",
        )
    except subprocess.TimeoutExpired as error:
        output, outcome = error.stdout or b"", f"Checking the criterion took longer than {timeout_s:.0f} s."
    return [line for line in output.splitlines(keepends=True) if line.endswith(b"\n")], outcome


def _describe_skipped_source(source: CriterionSource, outcome: str) -> CriterionInfo:
    return describe_unusable_criterion(source.fallback_name, source.label, outcome)


def _reject_duplicate_names(criteria: list[CriterionInfo]) -> list[CriterionInfo]:
    """Returns the criteria, unusable ones last. If two criteria have the same name, the second one is unusable."""
    source_by_name: dict[str, str | None] = {}
    checked_criteria = []
    for info in criteria:
        if info.error is None and info.name in source_by_name:
            reason = f"The name {info.name!r} is already used by a criterion from {source_by_name[info.name]}."
            checked_criteria.append(describe_unusable_criterion(info.name, info.source or "", reason))
            continue
        if info.error is None:
            source_by_name[info.name] = info.source
        checked_criteria.append(info)
    return sorted(checked_criteria, key=lambda info: info.error is not None)


def _log_criterion_status(info: CriterionInfo) -> None:
    if info.error is None:
        log.info("Criterion %s from %s is ready", info.name, info.source)
    else:
        log.warning("Criterion %s from %s was skipped: %s", info.name, info.source, info.error)
