"""Limits the number of threads: in small networks, synchronising many threads takes longer than computing with one."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnpruner.domain.plans.layers import Layers

MACS_PER_THREAD = 16e6
"""Number of multiply-accumulates per layer and batch for which one more thread is worthwhile; measurements are in
docs/decisions.md.
"""


@contextmanager
def limit_threads(macs: float) -> Iterator[None]:
    """Inside the block, limit torch's CPU threads to the number that pays off for layers with `macs`
    multiply-accumulates per batch.

    The limit depends only on `macs` and the available threads, so results do not depend on how busy the machine is.
    """
    previous_thread_count = torch.get_num_threads()
    threads = int(min(previous_thread_count, max(1, macs / MACS_PER_THREAD)))
    if threads == previous_thread_count:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(previous_thread_count)


def mean_layer_macs(layers: Layers) -> float:
    """Return the mean number of multiply-accumulates per layer for one image."""
    return sum(layer.macs for layer in layers.layers) / max(len(layers.layers), 1)
