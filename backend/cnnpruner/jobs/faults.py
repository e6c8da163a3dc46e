"""What went wrong in a job, as the sentence and code that its row keeps."""

import logging

import torch

from cnnpruner.domain.base import ErrorBody
from cnnpruner.engine.tracing.source import locate_error
from cnnpruner.errors import CNNPrunerError, StorageFailed, UnusableNetwork

log = logging.getLogger(__name__)

OUT_OF_MEMORY = "There is not enough memory for this; try a smaller batch size, or end other programs on the device."
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory")


def describe(error: Exception) -> ErrorBody:
    """`error` in the one shape of all errors; what is not ours is logged whole and described blandly."""
    if isinstance(error, CNNPrunerError):
        return ErrorBody(code=error.code, message=error.message, details=error.details)
    name = type(error).__name__
    if is_out_of_memory(error):
        log.warning("out of memory", exc_info=error)
        return ErrorBody(code="out_of_memory", message=OUT_OF_MEMORY, details={"type": name})
    place = locate_error(error.__traceback__)
    if place is not None and not place.startswith("cnnpruner/"):
        log.warning("a network failed", exc_info=error)
        reason = str(error).partition("\n")[0]
        sentence = f"The network fails at {place} ({name}: {reason}); mend it there and start the server again."
        return ErrorBody(code=UnusableNetwork.code, message=sentence, details={"type": name, "place": place})
    log.error("a job failed", exc_info=error)
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        sentence = f"A file could not be read or written ({reason}); free some space or check permissions."
        return ErrorBody(code=StorageFailed.code, message=sentence, details={"type": name})
    sentence = f"Something unforeseen went wrong ({name}); the server's log has all of it."
    return ErrorBody(code="internal", message=sentence, details={"type": name})


def is_out_of_memory(error: Exception) -> bool:
    """Whether host or device had no memory left; on CPU torch says so by a plain RuntimeError."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _MEMORY_WORDS)
