"""What becomes of freed memory: glibc gives large blocks back at once, and each step of a training fetches them."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""Of mallopt(3)."""
LARGEST = 2**31 - 1


@cache
def _libc() -> ctypes.CDLL | None:
    """The C library where it is glibc, whose names these are."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def reuse_freed_memory() -> None:
    """From now on blocks of any size come from the heap, and the heap does not shrink by itself.

    Tensors of tens of megabytes that come and go with each step then stay mapped: zeroing their pages anew took a tenth
    of an epoch of VGG-16-BN. Does nothing on other C libraries.
    """
    if library := _libc():
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, LARGEST)


def release_memory() -> None:
    """Return what is free to the system, for instance after a job."""
    if library := _libc():
        library.malloc_trim(0)


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Inside, Python looks for no unreachable cycles; also a decorator.

    Making ten thousand values that stay would otherwise set off searches of all objects that there are, torch's too: as
    long as the trace of DenseNet-121 itself.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
