"""How long a forward pass takes, measured warm."""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from cnnpruner.domain.tree.nodes import Latency, Runtime
from cnnpruner.engine.device import device_name

SHORTEST_S = 0.3
"""Time spent on each batch size; the median of its blocks is what counts."""


def measure_latency(
    network: nn.Module, image_shape: tuple[int, int, int], batches: Sequence[int], device: torch.device
) -> list[Latency]:
    """Median and interquartile range of one pass (evaluation mode, float32) for each batch size.

    `image_shape` is (C, H, W). The timer warms up, waits for a GPU, and uses as many threads as torch does.
    """
    measured = copy.deepcopy(network).to(device).eval()
    return [time_passes(measured, torch.rand(batch, *image_shape, device=device), "eager") for batch in batches]


def time_passes(network: Callable[[Tensor], Tensor], images: Tensor, runtime: Runtime) -> Latency:
    """The same for whatever answers `images`, on their device; `runtime` says what that is."""
    with torch.inference_mode():
        network(images)  # the first pass also chooses kernels
        from torch.utils.benchmark import Timer  # imports the compiler, which takes seconds

        timer = Timer(
            "network(images)", globals={"network": network, "images": images}, num_threads=torch.get_num_threads()
        )
        times = timer.blocked_autorange(min_run_time=SHORTEST_S)
    return Latency(
        runtime=runtime,
        batch=len(images),
        device=device_name(images.device),
        median_ms=times.median * 1e3,
        iqr_ms=times.iqr * 1e3,
    )
