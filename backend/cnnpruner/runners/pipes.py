"""The worker's end of the pipes: hears wake and cancel, says what it does, and dies with its server."""

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when the thread that started it is gone (Linux; elsewhere the pipe does it).

    Checked once by pid, since the parent may have died before the signal was asked for.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Pipes:
    """Owns the worker's stdin and stdout; libraries that print reach stderr instead."""

    def __init__(self) -> None:
        self._in = os.dup(0)
        self._out = os.dup(1)
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 the descriptor is what counts
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)
        self._woken = threading.Event()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._listen, name="pipe", daemon=True).start()

    def say(self, **message: Any) -> None:
        """Write one line to the server; where it is gone, end."""
        try:
            os.write(self._out, json.dumps(message).encode() + b"\n")
        except OSError:
            os._exit(1)

    def wait(self, timeout_s: float) -> None:
        """Return when the server woke this worker, or after `timeout_s`."""
        self._woken.wait(timeout_s)
        self._woken.clear()

    def is_cancelled(self, job_id: int) -> bool:
        """The server asked this process to end `job_id`."""
        return job_id in self._cancelled

    def _listen(self) -> None:
        """Read lines until the pipe ends, which it does when the server is gone: then end at once, whatever runs."""
        with os.fdopen(self._in, "rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "cancel" in message:
                    self._cancelled.add(message["cancel"])
                self._woken.set()
        os._exit(0)
