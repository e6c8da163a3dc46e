"""Measures how long a forward pass takes, after warming up."""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from cnnpruner.domain.tree.nodes import Latency, Runtime
from cnnpruner.engine.device import device_name

MIN_SECONDS = 0.3
"""Each batch size is timed for at least this many seconds, in blocks of passes; the median over the blocks is reported.
"""


def measure_latency(
    network: nn.Module, image_shape: tuple[int, int, int], batches: Sequence[int], device: torch.device
) -> list[Latency]:
    """Measure the time of one forward pass (median and interquartile range; evaluation mode, float32) for each batch
    size.

    `image_shape` is (C, H, W). The timer warms up, synchronises with a GPU, and uses as many threads as torch.
    """
    timed_network = copy.deepcopy(network).to(device).eval()
    return [
        measure_forward_pass(timed_network, torch.rand(batch, *image_shape, device=device), "eager")
        for batch in batches
    ]


def measure_forward_pass(network: Callable[[Tensor], Tensor], images: Tensor, runtime: Runtime) -> Latency:
    """Measure the time of calling `network` on `images`, on the device of the images; `runtime` says what runs the
    network.
    """
    with torch.inference_mode():
        network(images)  # the first pass also selects kernels
        from torch.utils.benchmark import Timer  # also imports the compiler, which takes seconds

        timer = Timer(
            "network(images)", globals={"network": network, "images": images}, num_threads=torch.get_num_threads()
        )
        times = timer.blocked_autorange(min_run_time=MIN_SECONDS)
    return Latency(
        runtime=runtime,
        batch=len(images),
        device=device_name(images.device),
        median_ms=times.median * 1e3,
        iqr_ms=times.iqr * 1e3,
    )
