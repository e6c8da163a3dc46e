"""Describes criteria for the API, including user-defined criteria that cannot be used."""

import traceback

from cnnpruner.domain.plans.criteria import CriterionInfo
from cnnpruner.errors import CNNPrunerError
from cnnpruner.planning.criteria.base import Criterion

_MAX_ERROR_LENGTH = 500


def describe(criterion_class: type[Criterion], source: str | None = None, version: str = "") -> CriterionInfo:
    """Return what the API says about a criterion that can be used."""
    name_with_spaces = criterion_class.name.replace("_", " ")
    return CriterionInfo(
        name=criterion_class.name,
        title=criterion_class.title,
        short=criterion_class.short or name_with_spaces,
        abbreviation=criterion_class.abbreviation or criterion_class.short or name_with_spaces,
        help=criterion_class.help,
        scale=criterion_class.scale,
        keep=criterion_class.keep,
        needs=sorted(criterion_class.needs),
        unit=criterion_class.unit,
        options=list(criterion_class.options),
        source=source,
        version=version,
        error=None,
    )


def describe_unusable_criterion(name: str, source: str, reason: str) -> CriterionInfo:
    """Return what the API says about a user-defined criterion that cannot be used, including the reason."""
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
        error=reason[:_MAX_ERROR_LENGTH],
    )


def describe_plugin_error(error: BaseException, label: str) -> str:
    """Return the message of the error if it is one of CNNPruner's own; otherwise, return the error's type and message,
    and the line number in the file `label`.
    """
    if isinstance(error, CNNPrunerError):
        return error.message
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(label)]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    line = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{line}"
