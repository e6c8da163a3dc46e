"""How many threads a piece of work is worth: a small network waits longer for its threads than they save it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cnnpruner.engine.modes import evaluation_mode

MACS_PER_THREAD = 16e6
"""Multiply-accumulates of one layer on one batch that a thread is worth; docs/decisions.md has the measurements."""


@contextmanager
def worthwhile_threads(macs: float) -> Iterator[None]:
    """Inside, torch uses no more threads on the CPU than layers of `macs` multiply-accumulates a batch gain from.

    A function of `macs` and of the threads there are, never of time: epochs come out equal however busy the machine is.
    """
    before = torch.get_num_threads()
    threads = min(before, max(1, int(macs / MACS_PER_THREAD)))
    if threads == before:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def mean_layer_macs(network: nn.Module, shape: tuple[int, ...]) -> float:
    """Mean multiply-accumulates of a convolution or linear layer on one image [C, H, W]; runs the network once."""
    found: list[int] = []

    def count(layer: nn.Conv2d | nn.Linear, _: object, output: Tensor) -> None:
        places = output[0, 0].numel() if isinstance(layer, nn.Conv2d) else output.numel() // output.shape[-1]
        found.append(layer.weight.numel() * places)

    layers = [module for module in network.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    handles = [layer.register_forward_hook(count) for layer in layers]
    parameter = next(network.parameters())
    try:
        with evaluation_mode(network), torch.inference_mode():
            network(torch.zeros(1, *shape, dtype=parameter.dtype, device=parameter.device))
    finally:
        for handle in handles:
            handle.remove()
    return sum(found) / max(len(found), 1)
