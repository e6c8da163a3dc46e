"""Keeps freed memory in the process. By default, glibc returns large blocks to the system as soon as they are freed, so
every training step would have to request them again.
"""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""Numbers by which mallopt(3) identifies its parameters."""
MAX_TRIM_THRESHOLD = 2**31 - 1


@cache
def _libc() -> ctypes.CDLL | None:
    """The C library if it is glibc, else None."""
    c_library = ctypes.CDLL(None)
    return c_library if hasattr(c_library, "gnu_get_libc_version") else None


def reuse_freed_memory() -> None:
    """Allocate blocks of any size from the heap, and never shrink the heap automatically.

    The memory of large tensors, which each step allocates and frees, then stays mapped. Otherwise the system zeroes new
    pages at every step, which took a tenth of the time of an epoch of VGG-16-BN. Does nothing with C libraries other
    than glibc.
    """
    if c_library := _libc():
        c_library.mallopt(M_MMAP_MAX, 0)
        c_library.mallopt(M_TRIM_THRESHOLD, MAX_TRIM_THRESHOLD)


def release_memory() -> None:
    """Return free memory to the system, for example after a job."""
    if c_library := _libc():
        c_library.malloc_trim(0)


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Pause Python's garbage collection inside the block; also works as a decorator.

    Creating ten thousand long-lived values would otherwise trigger scans of all objects, including torch's. For
    DenseNet-121, these scans take as long as the trace itself.
    """
    was_gc_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_gc_enabled:
            gc.enable()
