"""Runs what the server does on its own, such as the next step of each Autopilot. A failure does not stop the others."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from cnnpruner.errors import CNNPrunerError, NotFound

log = logging.getLogger(__name__)

T = TypeVar("T")


def run_for_each(values: Iterable[T], run: Callable[[T], None], on_failure: Callable[[T, str], object]) -> None:
    """Calls `run` with each value. If that fails, calls `on_failure` with the value and the reason, so that it is not
    tried again. A value that has been deleted in the meantime is skipped.
    """
    for value in values:
        try:
            run(value)
        except CNNPrunerError as error:
            reason = error.message
        except Exception:
            log.exception("%s could not continue", value)
            reason = "An unexpected error occurred; see the server's log for details."
        else:
            continue
        with suppress(NotFound):
            on_failure(value, reason)
