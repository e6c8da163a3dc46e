"""Criteria as the values that a person reads, and why a user's one cannot be used. Checking runs the user's code."""

import traceback

from cnnpruner.domain.criteria import CriterionInfo
from cnnpruner.engine.criteria import CRITERIA
from cnnpruner.engine.criteria.base import Criterion
from cnnpruner.engine.criteria.plugins import Plugin, Source, load_plugins
from cnnpruner.errors import CNNPrunerError, InvalidInput

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


def check_source(source: Source) -> list[CriterionInfo]:
    """Each criterion of a source, described, or with what is wrong with it."""
    try:
        plugins = load_plugins(source)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        return [skipped(source.stem, source.label, reason_of(error, source.label))]
    return [_checked(plugin, source) for plugin in plugins]


def _checked(plugin: Plugin, source: Source) -> CriterionInfo:
    from cnnpruner.engine.criteria.contract import check_contract  # late: it needs torch

    kind = plugin.kind
    try:
        check_contract(kind)
        if kind.name in CRITERIA:
            raise InvalidInput(f"Its name {kind.name!r} is taken by a criterion that comes with the program.")
        return describe(kind, source.label, plugin.version)
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever the user's code raises becomes its reason
        name = kind.name if isinstance(kind.name, str) and kind.name not in CRITERIA else source.stem
        return skipped(name, source.label, reason_of(error, source.label))


def reason_of(error: BaseException, label: str) -> str:
    """Our sentence; of another error its kind, its text and the last line of the user's file that it passed."""
    if isinstance(error, CNNPrunerError):
        return error.message
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(label)]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    place = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{place}"
