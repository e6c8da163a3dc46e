"""Describes why a job failed, as the code and message that are stored in the job's database row."""

import logging

import torch

from cnnpruner.domain.base import ErrorBody
from cnnpruner.engine.tracing.source import locate_error
from cnnpruner.errors import CNNPrunerError, StorageFailed, UnusableNetwork

log = logging.getLogger(__name__)

OUT_OF_MEMORY_MESSAGE = "There is not enough memory; try a smaller batch size, or close other programs on this device."
_OUT_OF_MEMORY_PHRASES = ("out of memory", "can't allocate memory", "not enough memory")


def describe_failure(error: Exception) -> ErrorBody:
    """Return the code, message and details of `error`. An unexpected error is logged in full but only described
    briefly.
    """
    if isinstance(error, CNNPrunerError):
        return ErrorBody(code=error.code, message=error.message, details=error.details)
    name = type(error).__name__
    if is_out_of_memory(error):
        log.warning("out of memory", exc_info=error)
        return ErrorBody(code="out_of_memory", message=OUT_OF_MEMORY_MESSAGE, details={"type": name})
    location = locate_error(error.__traceback__)
    if location is not None and not location.startswith("cnnpruner/"):
        log.warning("the model raised an error while it ran", exc_info=error)
        reason = str(error).partition("\n")[0]
        sentence = (
            f"The network raised an error at {location} ({name}: {reason}); fix this code and restart the server."
        )
        return ErrorBody(code=UnusableNetwork.code, message=sentence, details={"type": name, "place": location})
    log.error("a job failed", exc_info=error)
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        sentence = f"A file could not be read or written ({reason}); free up space or check its permissions."
        return ErrorBody(code=StorageFailed.code, message=sentence, details={"type": name})
    sentence = f"An unexpected error occurred ({name}); see the server's log for details."
    return ErrorBody(code="internal", message=sentence, details={"type": name})


def is_out_of_memory(error: Exception) -> bool:
    """Return whether the host or the device ran out of memory. On the CPU, torch raises a plain RuntimeError in that
    case.
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _OUT_OF_MEMORY_PHRASES)
