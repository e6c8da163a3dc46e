"""What becomes of memory that is freed, each in a process of its own."""

import gc
import json
import platform
import subprocess
import sys

import pytest

from cnnpruner.engine.memory import pause_garbage_collection

PROGRAM = """
import json, resource, sys, torch
from cnnpruner.engine.memory import give_back_memory, keep_freed_memory

def held():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(20):
    torch.zeros(2**24)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    torch.zeros(2**24)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
kept = held()
give_back_memory()
print(json.dumps({"faults": faults, "given_back": kept - held()}))
"""
"""Forty times 64 MB, one after the other; the last twenty count."""

on_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone can be told")


def run(how: str) -> dict[str, int]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout)
    return told


@on_glibc
def test_blocks_that_come_and_go_stay_mapped_until_they_are_given_back() -> None:
    usual, kept = run("usual"), run("keep")
    assert usual["faults"] > 10 * max(kept["faults"], 100)
    assert kept["given_back"] > 2**25


def test_garbage_is_looked_for_again_afterwards_also_where_it_broke() -> None:
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
