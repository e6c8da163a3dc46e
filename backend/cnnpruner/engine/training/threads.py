"""How many threads a piece of work is worth: a small network waits longer for its threads than they save it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnpruner.domain.plans.layers import Layers

MACS_PER_THREAD = 16e6
"""Multiply-accumulates of one layer on one batch that a thread is worth; docs/decisions.md has the measurements."""


@contextmanager
def worthwhile_threads(macs: float) -> Iterator[None]:
    """Inside, torch uses no more threads on the CPU than layers of `macs` multiply-accumulates a batch gain from.

    A function of `macs` and of the threads there are, never of time: epochs come out equal however busy the machine is.
    """
    before = torch.get_num_threads()
    threads = int(min(before, max(1, macs / MACS_PER_THREAD)))
    if threads == before:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def mean_layer_macs(layers: Layers) -> float:
    """Multiply-accumulates of a layer on one image, mean over the layers."""
    return sum(layer.macs for layer in layers.layers) / max(len(layers.layers), 1)
