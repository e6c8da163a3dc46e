"""Job `latency`: measured time of one forward pass of a ready node, by torch and by ONNX Runtime."""

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
from cnnpruner.engine.latency import measure_latency, time_passes
from cnnpruner.errors import CNNPrunerError
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

CPU = torch.device("cpu")


@dataclass(frozen=True)
class LatencyInputs:
    """A node and the batch sizes to measure."""

    setup: ExperimentSetup
    node: ReadyNode
    batches: tuple[int, ...]


def run(inputs: LatencyInputs, context: Context, cache: WorkerCache) -> MeasuredLatency:
    """torch on the worker's device and on the CPU, ONNX Runtime on the CPU, each at every batch size.

    Where ONNX Runtime cannot take part, a note says why.
    """
    network = cache.network(inputs.setup, inputs.node)
    devices = [cache.device] if cache.device == CPU else [cache.device, CPU]
    found: list[Latency] = []
    for place, device in enumerate(devices):
        tell = part(context, 0.6 * place / len(devices), 0.6 * (place + 1) / len(devices))
        for number, batch in enumerate(inputs.batches):
            tell(number / len(inputs.batches), f"measuring latency at batch {batch}")
            found += measure_latency(network, inputs.node.layers.image, [batch], device)
    try:
        found += _by_onnx(network, inputs, part(context, 0.6, 1.0))
    except CNNPrunerError as error:
        return MeasuredLatency(tuple(found), (error.message,))
    return MeasuredLatency(tuple(found), ())


def _by_onnx(network: nn.Module, inputs: LatencyInputs, tell: Progress) -> list[Latency]:
    image_shape = inputs.node.layers.image
    tell(0.0, "writing ONNX")
    found: list[Latency] = []
    with _onnx_network(network, image_shape) as runtime:
        for number, batch in enumerate(inputs.batches):
            tell((number + 1) / (len(inputs.batches) + 1), f"measuring ONNX Runtime at batch {batch}")
            found.append(time_passes(runtime, torch.rand(batch, *image_shape), "onnxruntime"))
    return found


@contextmanager
def _onnx_network(network: nn.Module, image_shape: tuple[int, int, int]) -> Iterator[OnnxNetwork]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        write_onnx(copy.deepcopy(network).cpu().eval(), image_shape, path)
        yield OnnxNetwork(path)
