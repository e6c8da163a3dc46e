"""Identifies processes uniquely over time, although the operating system reuses process ids."""

import os
import subprocess
from pathlib import Path


def process_identity(pid: int) -> str | None:
    """Returns the unique name of a process, `pid:start`, where `start` stands for its start time; None if the process
    has ended (or is a zombie).
    """
    start = _read_start_time_from_proc(pid) if Path("/proc/self/stat").exists() else _read_start_time_with_ps(pid)
    return f"{pid}:{start}" if start else None


def own_process_identity() -> str:
    """Returns the unique name of this process."""
    name = process_identity(os.getpid())
    assert name is not None
    return name


def is_alive(name: str) -> bool:
    """Returns whether the process with this name is still running."""
    pid, _, _ = name.partition(":")
    return pid.isdigit() and process_identity(int(pid)) == name


def _read_start_time_from_proc(pid: int) -> str | None:
    """Returns the start time of the process in clock ticks since boot (proc(5), field 22); None if the process has
    ended.
    """
    try:
        # The command's name is in parentheses and may itself contain parentheses and spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else start


def _read_start_time_with_ps(pid: int) -> str | None:
    """Returns the start time of the process as printed by `ps`, to the second; None if the process has ended."""
    process = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return process.stdout.strip().replace(" ", "_") or None
