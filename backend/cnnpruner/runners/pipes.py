"""The worker's end of its pipes to the server: receives wake and cancel messages, sends reports, and exits when the
server has ended.
"""

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when the thread that started it ends. Works only on Linux; elsewhere the process
    exits when its pipe closes. Exits at once if the parent died before this call.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Pipes:
    """Exchanges messages with the server through the worker's stdin and stdout. Anything that libraries print to stdout
    goes to stderr instead.
    """

    def __init__(self) -> None:
        self._in = os.dup(0)
        self._out = os.dup(1)
        with open(os.devnull, "rb") as null_device:  # noqa: PTH123 the descriptor is what counts
            os.dup2(null_device.fileno(), 0)
        os.dup2(2, 1)
        self._woken = threading.Event()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._read_server_messages, name="pipe", daemon=True).start()

    def send(self, **message: Any) -> None:
        """Send a message to the server as one line of JSON; exit if the server has ended."""
        try:
            os.write(self._out, json.dumps(message).encode() + b"\n")
        except OSError:
            os._exit(1)

    def wait(self, timeout_s: float) -> None:
        """Return when the server wakes this worker, or after `timeout_s` seconds."""
        self._woken.wait(timeout_s)
        self._woken.clear()

    def is_cancelled(self, job_id: int) -> bool:
        """Returns whether the server asked this process to end the job `job_id`."""
        return job_id in self._cancelled

    def _read_server_messages(self) -> None:
        """Read messages from the server until the pipe closes, which means that the server has ended.

        Then exit at once, even in the middle of a job.
        """
        with os.fdopen(self._in, "rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "cancel" in message:
                    self._cancelled.add(message["cancel"])
                self._woken.set()
        os._exit(0)
