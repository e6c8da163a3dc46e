"""Job `latency`: measures the time of a forward pass of a ready node and of the root, in PyTorch and in ONNX
Runtime.
"""

from dataclasses import dataclass

from cnnpruner.domain.results import MeasuredLatencies
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.errors import CNNPrunerError
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.latencies import (
    CPU,
    LatencyNetworks,
    measure_with_onnx_runtime,
    measure_with_pytorch,
    pair_network_with_root,
)
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

PROGRESS_AFTER_PYTORCH = 0.6
"""Progress of the job after the measurements with PyTorch."""


@dataclass(frozen=True)
class LatencyInputs:
    """The node to measure, the root that it is compared with, and the batch sizes to measure."""

    setup: ExperimentSetup
    node: ReadyNode
    root: ReadyNode | None
    """The structure and weights file of the root; None if the root's weights cannot be read."""
    batches: tuple[int, ...]


def run(inputs: LatencyInputs, context: Context, cache: WorkerCache) -> MeasuredLatencies:
    """Measure PyTorch on the worker's device and on the CPU, and ONNX Runtime on the CPU, at every batch size.

    If ONNX Runtime cannot be measured, a note says why.
    """
    network = cache.network(inputs.setup, inputs.node)
    networks = pair_network_with_root(network, inputs.node.layers, inputs.setup, inputs.root, cache)
    latencies = _measure_in_pytorch(networks, inputs.batches, context, cache)
    try:
        progress = progress_in_range(context, PROGRESS_AFTER_PYTORCH, 1.0)
        latencies += measure_with_onnx_runtime(networks, inputs.batches, progress)
    except CNNPrunerError as error:
        return MeasuredLatencies(tuple(latencies), (error.message,))
    return MeasuredLatencies(tuple(latencies), ())


def _measure_in_pytorch(
    networks: LatencyNetworks, batches: tuple[int, ...], context: Context, cache: WorkerCache
) -> list[LatencyDistribution]:
    devices = [cache.device] if cache.device == CPU else [cache.device, CPU]
    device_batch_pairs = [(device, batch) for device in devices for batch in batches]
    share = PROGRESS_AFTER_PYTORCH / len(device_batch_pairs)
    return [
        measure_with_pytorch(networks, batch, device, progress_in_range(context, share * index, share * (index + 1)))
        for index, (device, batch) in enumerate(device_batch_pairs)
    ]
