"""Job `latency`: measures the time of one forward pass of a ready node with torch and ONNX Runtime."""

import copy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import MeasuredLatency
from cnnpruner.domain.tree.nodes import Latency
from cnnpruner.engine.latency import measure_forward_pass, measure_latency
from cnnpruner.errors import CNNPrunerError
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_between
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

CPU = torch.device("cpu")


@dataclass(frozen=True)
class LatencyInputs:
    """A node and the batch sizes to measure."""

    setup: ExperimentSetup
    node: ReadyNode
    batches: tuple[int, ...]


def run(inputs: LatencyInputs, context: Context, cache: WorkerCache) -> MeasuredLatency:
    """Measure torch on the worker's device and on the CPU, and ONNX Runtime on the CPU, at every batch size.

    If ONNX Runtime cannot be measured, a note says why.
    """
    network = cache.network(inputs.setup, inputs.node)
    devices = [cache.device] if cache.device == CPU else [cache.device, CPU]
    latencies: list[Latency] = []
    for index, device in enumerate(devices):
        progress = progress_between(context, 0.6 * index / len(devices), 0.6 * (index + 1) / len(devices))
        for number, batch in enumerate(inputs.batches):
            progress(number / len(inputs.batches), f"measuring latency at batch {batch}")
            latencies += measure_latency(network, inputs.node.layers.image, [batch], device)
    try:
        latencies += _measure_onnx_runtime(network, inputs, progress_between(context, 0.6, 1.0))
    except CNNPrunerError as error:
        return MeasuredLatency(tuple(latencies), (error.message,))
    return MeasuredLatency(tuple(latencies), ())


def _measure_onnx_runtime(network: nn.Module, inputs: LatencyInputs, progress: Progress) -> list[Latency]:
    image_shape = inputs.node.layers.image
    progress(0.0, "writing ONNX")
    latencies: list[Latency] = []
    with _onnx_network(network, image_shape) as runtime:
        for number, batch in enumerate(inputs.batches):
            progress((number + 1) / (len(inputs.batches) + 1), f"measuring ONNX Runtime at batch {batch}")
            latencies.append(measure_forward_pass(runtime, torch.rand(batch, *image_shape), "onnxruntime"))
    return latencies


@contextmanager
def _onnx_network(network: nn.Module, image_shape: tuple[int, int, int]) -> Iterator[OnnxNetwork]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        write_onnx(copy.deepcopy(network).cpu().eval(), image_shape, path)
        yield OnnxNetwork(path)
