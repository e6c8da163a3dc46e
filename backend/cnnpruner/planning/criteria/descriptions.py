"""Criteria as the values that a person reads, and why a user's one cannot be used."""

import traceback

from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.errors import CNNPrunerError
from cnnpruner.planning.criteria.base import Criterion

_LONGEST = 500


def describe(kind: type[Criterion], source: str | None = None, version: str = "") -> CriterionInfo:
    """A criterion that works."""
    plain = kind.name.replace("_", " ")
    return CriterionInfo(
        name=kind.name,
        title=kind.title,
        short=kind.short or plain,
        abbreviation=kind.abbreviation or kind.short or plain,
        help=kind.help,
        scale=kind.scale,
        keep=kind.keep,
        needs=sorted(kind.needs),
        unit=kind.unit,
        options=list(kind.options),
        source=source,
        version=version,
        error=None,
    )


def skipped(name: str, source: str, reason: str) -> CriterionInfo:
    """A criterion that cannot be used."""
    return CriterionInfo(
        name=name,
        title=name,
        short=name,
        abbreviation=name,
        help="",
        scale="log",
        keep="high",
        needs=[],
        unit="",
        options=[],
        source=source,
        version="",
        error=reason[:_LONGEST],
    )


def reason_of(error: BaseException, label: str) -> str:
    """Our sentence; of another error its kind, its text and the last line of the user's file that it passed."""
    if isinstance(error, CNNPrunerError):
        return error.message
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(label)]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    place = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{place}"
