"""Errors whose messages say what went wrong and how to fix it. The API returns all of them in the same JSON format."""

from collections.abc import Mapping
from typing import Any


class CNNPrunerError(Exception):
    """Base class of all errors shown to people: a stable `code`, a `message` in plain words, and `details` for
    programs.
    """

    code = "error"
    status = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(CNNPrunerError):
    """The requested object does not exist."""

    code = "not_found"
    status = 404


class Conflict(CNNPrunerError):
    """The object exists, but its state does not allow the request."""

    code = "conflict"
    status = 409


class StalePlan(Conflict):
    """Someone else has changed the plan since the client read it; `details` contains the changed plan."""

    code = "stale_plan"


class StaleNote(Conflict):
    """Someone else has changed the note since the client read it; `details` contains the node with the changed note."""

    code = "stale_note"


class DamagedWeights(Conflict):
    """A file of the model store is missing or has been changed."""

    code = "damaged_weights"


class NeedsConfirmation(Conflict):
    """The check of a new experiment found problems that would make its results misleading; `details` lists the
    warnings.
    """

    code = "needs_confirmation"


class InvalidInput(CNNPrunerError):
    """The request can be parsed, but it contains invalid values."""

    code = "invalid_input"
    status = 422


class Unauthorized(CNNPrunerError):
    """The token is missing or not valid."""

    code = "unauthorized"
    status = 401


class Forbidden(CNNPrunerError):
    """The visitor's link, or the way the server was started, does not allow the request."""

    code = "forbidden"
    status = 403


class Gone(CNNPrunerError):
    """The requested path was used by an earlier version of the API; `details` contains the new path."""

    code = "gone"
    status = 410


class UpgradeRequired(CNNPrunerError):
    """The client is too old to read the responses of this server."""

    code = "upgrade_required"
    status = 426


class RequestTooLarge(CNNPrunerError):
    """The request body is too long."""

    code = "too_large"
    status = 413


class UnsupportedMediaType(CNNPrunerError):
    """The media type of the request body is not supported."""

    code = "wrong_content"
    status = 415


class Unavailable(CNNPrunerError):
    """The server cannot fulfill the request at the moment."""

    code = "unavailable"
    status = 503


class StoreMissing(Unavailable):
    """The database or the model store of the server has been moved or deleted."""

    code = "store_missing"


class JobTimeout(Unavailable):
    """The job that the request was waiting for took too long."""


class UnreadableWeights(InvalidInput):
    """The checkpoint is missing or damaged, can only be read by running code in it, or does not fit the network."""

    code = "unreadable_weights"


class UnreadableExport(InvalidInput):
    """The archive is damaged, truncated, or not a CNNPruner export."""

    code = "unreadable_export"


class UnreadableBundle(InvalidInput):
    """The file is damaged, truncated, not a bundle, or a bundle that this version cannot read."""

    code = "unreadable_bundle"


class ExportFailed(CNNPrunerError):
    """The network cannot be written in the requested format, or the network read back from the file gives different
    results.
    """

    code = "export_failed"
    status = 422


class UnusableData(InvalidInput):
    """The data set is missing or damaged, or does not fit the network."""

    code = "unusable_data"


class UnusableNetwork(InvalidInput):
    """The network cannot be built, traced or pruned."""

    code = "unusable_network"


class TrainingDiverged(InvalidInput):
    """Training stopped because the loss is no longer a finite number."""

    code = "training_diverged"


class StorageFailed(CNNPrunerError):
    """A file or database row could not be written, for instance because there is no space or no permission."""

    code = "storage_failed"
    status = 507


class JobCancelled(Exception):
    """Raised inside a cancelled job at the next point where the job can stop safely."""


def make_error(
    code: str,
    message: str,
    details: Mapping[str, Any],
    status: int | None = None,
    extra_base_class: type[CNNPrunerError] = CNNPrunerError,
) -> CNNPrunerError:
    """Converts an error, from a response or a failed job, to an exception of the class that has the error's `code`.

    If the code is unknown, the exception is a `CNNPrunerError`. status: the HTTP status of the response; None if there
    was no response. extra_base_class: an additional base class of the exception.
    """
    error = _add_base_class(_find_class(CNNPrunerError, code) or CNNPrunerError, extra_base_class)(message)
    error.details = dict(details)
    error.code, error.status = code, status or error.status
    return error


def _find_class(base_class: type[CNNPrunerError], code: str) -> type[CNNPrunerError] | None:
    if vars(base_class).get("code") == code:
        return base_class
    return next((match for subclass in base_class.__subclasses__() if (match := _find_class(subclass, code))), None)


def _add_base_class(error_class: type[CNNPrunerError], extra_base_class: type[CNNPrunerError]) -> type[CNNPrunerError]:
    if issubclass(error_class, extra_base_class):
        return error_class
    return type(
        error_class.__name__,
        (extra_base_class, error_class),
        {"__module__": error_class.__module__, "__doc__": error_class.__doc__},
    )
