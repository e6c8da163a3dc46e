"""Freed memory is reused or released, tested in separate processes; garbage collection is paused."""

import gc
import json
import platform
import subprocess
import sys

import pytest

from cnnpruner.engine.memory import pause_garbage_collection

PROGRAM = """
import json, resource, sys, torch
from cnnpruner.engine.memory import release_memory, reuse_freed_memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

if sys.argv[1] == "reuse":
    reuse_freed_memory()
for _ in range(20):
    torch.zeros(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    torch.zeros(2**24)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
used = resident()
release_memory()
print(json.dumps({"faults": faults, "released": used - resident()}))
"""
"""Allocates and frees 64 MB forty times; counts page faults of the last twenty."""

on_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has these settings")


def run(mode: str) -> dict[str, int]:
    process = subprocess.run([sys.executable, "-c", PROGRAM, mode], capture_output=True, text=True, check=True)
    counts: dict[str, int] = json.loads(process.stdout)
    return counts


@on_glibc
def test_freed_blocks_stay_mapped_until_memory_is_released() -> None:
    default, reused = run("default"), run("reuse")
    assert default["faults"] > 10 * max(reused["faults"], 100)
    assert reused["released"] > 2**25


def test_garbage_collection_resumes_afterwards_even_after_an_error() -> None:
    with pytest.raises(KeyError), pause_garbage_collection():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with pause_garbage_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
