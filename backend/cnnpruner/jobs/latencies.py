"""Measures the latencies of a network and of the root in alternation, with PyTorch or ONNX Runtime."""

import copy
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.latencies import (
    MIN_BLOCK_PAIRS,
    RUNTIME_NAMES,
    LatencyDistribution,
    LatencySettings,
    Runtime,
)
from cnnpruner.engine.device import device_name
from cnnpruner.engine.latency import ForwardPass, make_forward_pass, make_stopwatch, measure_block_times
from cnnpruner.errors import DamagedWeights
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.jobs.cache import WorkerCache, build_fresh_network
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.latency import structure_hash, summarize_block_times

CPU = torch.device("cpu")


@dataclass(frozen=True)
class LatencyNetworks:
    """The network to measure, and the root to compare it with. The root is None if the network has the same
    structure.
    """

    node: nn.Module
    root: nn.Module | None
    image_shape: tuple[int, int, int]
    """Shape (C, H, W) of an image."""


def pair_network_with_root(
    network: nn.Module, layers: Layers, setup: ExperimentSetup, root: ReadyNode | None, cache: WorkerCache
) -> LatencyNetworks:
    """Return the network and the root's network, whose latencies are compared."""
    has_root_structure = structure_hash(layers) == structure_hash(setup.root_layers)
    reference = None if has_root_structure else _find_root_network(setup, root, cache)
    return LatencyNetworks(network, reference, layers.image)


def _find_root_network(setup: ExperimentSetup, root: ReadyNode | None, cache: WorkerCache) -> nn.Module:
    """Return the root's network. If its weights cannot be read, return a network of the same structure with random
    weights, which is just as fast.
    """
    if root is not None:
        try:
            return cache.network(setup, root)
        except DamagedWeights:
            pass
    return build_fresh_network(setup.experiment).to(cache.device).eval()


def pytorch_setting(batch: int, device: torch.device) -> LatencySettings:
    """Return the setting of a measurement with PyTorch: runtime, batch size, device name and number of threads."""
    return "eager", batch, device_name(device), torch.get_num_threads()


def measure_with_pytorch(
    networks: LatencyNetworks, batch: int, device: torch.device, progress: Progress
) -> LatencyDistribution:
    """Measure the latency of a batch with PyTorch on the given device."""
    images = torch.rand(batch, *networks.image_shape, device=device)
    root = None if networks.root is None else make_forward_pass(networks.root, images)
    return _measure_node_and_root((make_forward_pass(networks.node, images), root), "eager", images, progress)


def measure_with_onnx_runtime(
    networks: LatencyNetworks, batches: tuple[int, ...], progress: Progress
) -> list[LatencyDistribution]:
    """Measure the latency at each batch size with ONNX Runtime on the CPU. Raises Unavailable and ExportFailed."""
    progress(0.0, "writing the networks as ONNX")
    with tempfile.TemporaryDirectory() as folder:
        node = _load_onnx(networks.node, networks.image_shape, Path(folder) / "node.onnx")
        root = networks.root and _load_onnx(networks.root, networks.image_shape, Path(folder) / "root.onnx")
        latencies: list[LatencyDistribution] = []
        for index, batch in enumerate(batches):
            images = torch.rand(batch, *networks.image_shape)
            forward_passes = (
                _make_onnx_forward_pass(node, images),
                _make_onnx_forward_pass(root, images) if root else None,
            )
            step = _progress_in_part(progress, index, len(batches))
            latencies.append(_measure_node_and_root(forward_passes, "onnxruntime", images, step))
    return latencies


def _load_onnx(network: nn.Module, image_shape: tuple[int, int, int], path: Path) -> OnnxNetwork:
    write_onnx(copy.deepcopy(network).cpu().eval(), image_shape, path)
    return OnnxNetwork(path)


def _make_onnx_forward_pass(network: OnnxNetwork, images: Tensor) -> ForwardPass:
    return lambda: network(images)


def _progress_in_part(progress: Progress, index: int, parts: int) -> Progress:
    return lambda done, message: progress((index + done) / parts, message)


def _measure_node_and_root(
    forward_passes: tuple[ForwardPass, ForwardPass | None], runtime: Runtime, images: Tensor, progress: Progress
) -> LatencyDistribution:
    node, root = forward_passes
    batch = len(images)

    def on_pair_start(pairs: int) -> None:
        busy_note = "" if pairs < MIN_BLOCK_PAIRS else "; the machine is busy"
        message = (
            f"measuring {RUNTIME_NAMES[runtime]} at batch size {batch}, pair of timing blocks {pairs + 1}{busy_note}"
        )
        progress(min(pairs / MIN_BLOCK_PAIRS, 1.0), message)

    block_times = measure_block_times(node, root, make_stopwatch(images.device), on_pair_start)
    setting = runtime, batch, device_name(images.device), torch.get_num_threads()
    return summarize_block_times(block_times, setting, datetime.now(UTC))
