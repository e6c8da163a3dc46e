"""Names of processes that no later process can have, though process ids come again."""

import os
import subprocess
from pathlib import Path


def process_name(pid: int) -> str | None:
    """`pid:start`, where `start` is when the process began; None where it is gone (or a zombie)."""
    start = _start_on_linux(pid) if Path("/proc/self/stat").exists() else _start_by_ps(pid)
    return f"{pid}:{start}" if start else None


def own_name() -> str:
    """The name of this process."""
    name = process_name(os.getpid())
    assert name is not None
    return name


def is_alive(name: str) -> bool:
    """Whether the process that `process_name` called `name` still runs."""
    pid, _, _ = name.partition(":")
    return pid.isdigit() and process_name(int(pid)) == name


def _start_on_linux(pid: int) -> str | None:
    """Clock ticks between boot and the start of the process (proc(5), field 22)."""
    try:
        # The command's name stands in brackets and may itself hold brackets and blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else start


def _start_by_ps(pid: int) -> str | None:
    """The start as `ps` prints it, to the second."""
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip().replace(" ", "_") or None
