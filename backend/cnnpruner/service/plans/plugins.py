"""Users' criteria as the server knows them: a process of its own describes them, for the server runs none of them."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from pydantic import TypeAdapter

from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.planning.criteria.descriptions import describe_unusable
from cnnpruner.planning.criteria.plugins import Source, find_sources

log = logging.getLogger(__name__)

CHECK_S = 120.0
"""Longest time for all sources that one process checks; importing torch is part of it."""
_LINE: TypeAdapter[list[CriterionInfo]] = TypeAdapter(list[CriterionInfo])


class Plugins:
    """What lies in the folder (None: in none) and behind entry points; looked at once."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._infos: list[CriterionInfo] | None = None

    def infos(self) -> list[CriterionInfo]:
        """All, broken ones with their reason. The first call waits for the check, where there is something to check."""
        with self._lock:
            if self._infos is None:
                self._infos = _named_once(check_sources(self._folder, CHECK_S))
                for one in self._infos:
                    _tell(one)
            return self._infos


def check_sources(folder: Path | None, timeout_s: float) -> list[CriterionInfo]:
    """Describe all sources. One that ends the checking process, or keeps it, is broken; another checks the rest."""
    sources, found, done = find_sources(folder), list[CriterionInfo](), 0
    while done < len(sources):
        lines, fate = _run(folder, done, timeout_s)
        for line in lines:
            found += _LINE.validate_json(line)
        done += len(lines)
        if done < len(sources):
            found.append(_lost(sources[done], fate))
            done += 1
    return found


def _run(folder: Path | None, after: int, timeout_s: float) -> tuple[list[bytes], str]:
    """Whole lines of a checking process, and how it ended."""
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
        ended = subprocess.run(
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=timeout_s, check=False
        )
        output, fate = ended.stdout, f"It ended the process that checked it (exit status {ended.returncode})."
    except subprocess.TimeoutExpired as error:
        output, fate = error.stdout or b"", f"It was not checked within {timeout_s:.0f} s."
    return [line for line in output.splitlines(keepends=True) if line.endswith(b"\n")], fate


def _lost(source: Source, fate: str) -> CriterionInfo:
    return describe_unusable(source.stem, source.label, fate)


def _named_once(found: list[CriterionInfo]) -> list[CriterionInfo]:
    """Works first, broken ones last; of two with one name the second is broken."""
    owners: dict[str, str | None] = {}
    named = []
    for one in found:
        if one.error is None and one.name in owners:
            reason = f"Its name {one.name!r} is taken by the criterion of {owners[one.name]}."
            named.append(describe_unusable(one.name, one.source or "", reason))
            continue
        if one.error is None:
            owners[one.name] = one.source
        named.append(one)
    return sorted(named, key=lambda one: one.error is not None)


def _tell(one: CriterionInfo) -> None:
    if one.error is None:
        log.info("criterion %s of %s is ready", one.name, one.source)
    else:
        log.warning("criterion %s of %s is skipped: %s", one.name, one.source, one.error)
