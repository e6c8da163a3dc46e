"""Errors that name the thing and the cure; one handler of the API gives them all one JSON shape."""

from collections.abc import Mapping
from typing import Any


class CNNPrunerError(Exception):
    """Base of all errors that a person may read. `code` is stable, `message` a sentence, `details` machine-readable."""

    code = "error"
    status = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(CNNPrunerError):
    """The id names nothing."""

    code = "not_found"
    status = 404


class Conflict(CNNPrunerError):
    """The thing exists but is in a state that does not allow this."""

    code = "conflict"
    status = 409


class StalePlan(Conflict):
    """Somebody else changed the plan meanwhile; `details` has their version."""

    code = "stale_plan"


class StaleNote(Conflict):
    """Somebody else wrote on the node meanwhile; `details` has the node with their note."""

    code = "stale_note"


class DamagedWeights(Conflict):
    """A file of the model store that is missing, or not the one that was written."""

    code = "damaged_weights"


class InvalidInput(CNNPrunerError):
    """The request can be read but not carried out."""

    code = "invalid_input"
    status = 422


class Unauthorized(CNNPrunerError):
    """Nobody is known by this token, or there is none."""

    code = "unauthorized"
    status = 401


class Forbidden(CNNPrunerError):
    """The server was not started in a way that allows this, or the link does not."""

    code = "forbidden"
    status = 403


class Gone(CNNPrunerError):
    """A path of an earlier version; `details` has the new one."""

    code = "gone"
    status = 410


class UpgradeRequired(CNNPrunerError):
    """A client too old to read the answers of this version."""

    code = "upgrade_required"
    status = 426


class TooLarge(CNNPrunerError):
    """A body that is longer than what is read."""

    code = "too_large"
    status = 413


class WrongContent(CNNPrunerError):
    """A body of a type that is not read here."""

    code = "wrong_content"
    status = 415


class Unavailable(CNNPrunerError):
    """The server cannot do this now."""

    code = "unavailable"
    status = 503


class StoreMissing(Unavailable):
    """The database or the model store that this server works on is not at its place any more."""

    code = "store_missing"


class TookTooLong(Unavailable):
    """A job that somebody waited for ran into the end of their patience."""


class UnreadableWeights(InvalidInput):
    """A checkpoint that is no safe weights file or does not fit the network."""

    code = "unreadable_weights"


class UnreadableExport(InvalidInput):
    """An archive that is damaged, cut short, or none of ours."""

    code = "unreadable_export"


class UnreadableBundle(InvalidInput):
    """A file that is no whole bundle of an experiment, or not one that this version reads."""

    code = "unreadable_bundle"


class ExportFailed(CNNPrunerError):
    """A network that cannot be written in this format, or answers otherwise once read again."""

    code = "export_failed"
    status = 422


class UnusableData(InvalidInput):
    """A data set that is not there, is broken, or cannot feed the network."""

    code = "unusable_data"


class UnusableNetwork(InvalidInput):
    """A network that cannot be built, traced or cut."""

    code = "unusable_network"


class TrainingDiverged(InvalidInput):
    """A loss that is no longer a number."""

    code = "training_diverged"


class StorageFailed(CNNPrunerError):
    """A file or row could not be written: no space, no permission."""

    code = "storage_failed"
    status = 507


class JobCancelled(Exception):
    """Raised inside a job at the next safe point after somebody cancelled it."""


def error_from(
    code: str,
    message: str,
    details: Mapping[str, Any],
    status: int | None = None,
    also: type[CNNPrunerError] = CNNPrunerError,
) -> CNNPrunerError:
    """The error that an answer or a failed job tells of, as one of ours again: of the class that declares `code`.

    A code that no class declares is kept. `status`: of the answer; None: as the class has it. `also`: a class that the
    error is an instance of as well.
    """
    error = _join(_find_class(CNNPrunerError, code) or CNNPrunerError, also)(message)
    error.details = dict(details)
    error.code, error.status = code, status or error.status
    return error


def _find_class(base: type[CNNPrunerError], code: str) -> type[CNNPrunerError] | None:
    if vars(base).get("code") == code:
        return base
    return next((found for kind in base.__subclasses__() if (found := _find_class(kind, code))), None)


def _join(kind: type[CNNPrunerError], also: type[CNNPrunerError]) -> type[CNNPrunerError]:
    if issubclass(kind, also):
        return kind
    return type(kind.__name__, (also, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})
