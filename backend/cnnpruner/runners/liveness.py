"""Unique names of processes, because the system reuses process ids."""

import os
import subprocess
from pathlib import Path


def process_name(pid: int) -> str | None:
    """Returns `pid:start` with the start time of the process; None if the process has ended (or is a zombie)."""
    start = _start_on_linux(pid) if Path("/proc/self/stat").exists() else _start_by_ps(pid)
    return f"{pid}:{start}" if start else None


def own_process_name() -> str:
    """Returns the name of this process."""
    name = process_name(os.getpid())
    assert name is not None
    return name


def is_alive(name: str) -> bool:
    """Returns whether the process with this name is still running."""
    pid, _, _ = name.partition(":")
    return pid.isdigit() and process_name(int(pid)) == name


def _start_on_linux(pid: int) -> str | None:
    """Returns the clock ticks between boot and the start of the process (proc(5), field 22)."""
    try:
        # The command's name is in parentheses and may itself contain parentheses and spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else start


def _start_by_ps(pid: int) -> str | None:
    """Returns the start time as printed by `ps`, to the second."""
    process = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return process.stdout.strip().replace(" ", "_") or None
