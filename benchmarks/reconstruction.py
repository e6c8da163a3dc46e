"""Reconstruction compared with two forward passes, its memory on a large network, and the cost of a teacher."""

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.results import Result
from benchmarks.rounds import BATCHES, Contender, interleave
from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.domain.tree.experiments import DataSource, NetworkName, NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.reconstruction import layer_fit
from cnnpruner.engine.reconstruction.least_squares import Fit, WeightChange, pick_solver
from cnnpruner.engine.reconstruction.reconstruction import FitSettings, NetworkCut, reconstruct
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.engine.training.threads import mean_layer_macs
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.planning.defaults import default_training

IMAGES, PLACES = 512, 24
NETWORKS: dict[NetworkName, int] = {"resnet20": 32, "mobilenet_v2": 64}
"""Networks, and the edges of their images."""
LARGE_IMAGES, LARGE_EDGE, MAX_GIB = 128, 224, 8.0


def run() -> dict[str, Result]:
    """Measure both networks, the memory of ResNet-50, and a training step with a teacher."""
    results = {f"reconstruct_vs_two_passes_{name}": _compare(name, edge) for name, edge in NETWORKS.items()}
    return results | {"reconstruct_memory_resnet50": _measure_memory(), "distilled_step": _compare_distilled_step()}


def _make_cut(name: NetworkName, edge: int) -> NetworkCut:
    """Return a seeded network without a random third of its free units."""
    network = build_network(NetworkSource(name=name), 10, 3, edge, seed=0).eval()
    layers = trace_layers(network, torch.zeros(1, 3, edge, edge))
    free = [unit.id for unit in layers.units if unit.free]
    units = np.random.default_rng(0).choice(free, len(free) // 3, replace=False).tolist()
    return NetworkCut(network, layers, units, cut(network, layers, units).eval())


@dataclass
class _RecordedFit:
    """Passes calls on to a fit, and remembers the shapes."""

    fit: Fit
    rows: int
    width: int
    shapes: list[tuple[torch.Size, torch.Size]] = field(default_factory=list)
    has_constant: bool = False

    def add(self, x: Tensor, residuals: Tensor) -> None:
        """Add rows to the fit."""
        self.shapes.append((x.shape, residuals.shape))
        self.fit.add(x, residuals)

    def solve(self, ridge: float, has_constant: bool) -> WeightChange:
        """Solve the fit."""
        self.has_constant = has_constant
        return self.fit.solve(ridge, has_constant)


def _record_fits(run: Callable[[], object]) -> list[_RecordedFit]:
    fits: list[_RecordedFit] = []

    def pick_and_record(rows: int, width: int) -> _RecordedFit:
        fits.append(_RecordedFit(pick_solver(rows, width), rows, width))
        return fits[-1]

    with patch.object(layer_fit, "pick_solver", pick_and_record):
        run()
    return fits


def _replay(fits: list[_RecordedFit]) -> Callable[[], None]:
    """Return a function that makes the same sums and solutions on random rows, which are drawn beforehand."""
    max_elements = max(shape.numel() for fit in fits for shapes in fit.shapes for shape in shapes)
    numbers = torch.rand(max_elements, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def run() -> None:
        for recorded in fits:
            fit = pick_solver(recorded.rows, recorded.width)
            for x, residuals in recorded.shapes:
                fit.add(numbers[: x.numel()].reshape(x), numbers[: residuals.numel()].reshape(residuals))
            fit.solve(0.01, recorded.has_constant)

    return run


def _compare(name: NetworkName, edge: int) -> Result:
    cut_network = _make_cut(name, edge)
    images = torch.randn(IMAGES, 3, edge, edge, generator=torch.Generator().manual_seed(0))
    settings = FitSettings(places=PLACES)

    def reconstruct_once() -> None:
        reconstruct(cut_network, images, settings)

    @torch.no_grad()
    def run_both() -> None:
        cut_network.parent(images)
        cut_network.child(images)

    seconds = interleave(
        {
            "ours": Contender(reconstruct_once),
            "solves": Contender(_replay(_record_fits(reconstruct_once))),
            "passes": Contender(run_both),
        }
    )
    rounds = zip(seconds["ours"], seconds["solves"], seconds["passes"], strict=True)
    method = (
        f"{name}, a random third of the units removed, {IMAGES} images at {edge}×{edge}, {PLACES} places each, "
        "float32: reconstruct, less the same sums and solutions on random rows of equal shapes, over a forward pass of "
        "parent and cut network over the images at once"
    )
    return Result(median((ours - solves) / passes for ours, solves, passes in rounds), 2.0, "ratio", method)


def _measure_memory() -> Result:
    """Measure the peak memory in a process of its own."""
    command = [sys.executable, "-c", "from benchmarks.reconstruction import print_memory; print_memory()"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    method = (
        f"resnet50, a random third of the units removed, {LARGE_IMAGES} images at {LARGE_EDGE}×{LARGE_EDGE}, {PLACES} "
        "places each: peak resident memory of a process that builds, cuts and reconstructs the network"
    )
    return Result(float(output), MAX_GIB, "GiB", method)


def print_memory() -> None:
    """Reconstruct ResNet-50, and print the peak resident memory of this process in GiB."""
    cut_network = _make_cut("resnet50", LARGE_EDGE)
    images = torch.randn(LARGE_IMAGES, 3, LARGE_EDGE, LARGE_EDGE, generator=torch.Generator().manual_seed(0))
    reconstruct(cut_network, images, FitSettings(places=PLACES))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.3f}\n")


def _compare_distilled_step() -> Result:
    training = default_training(DataSource(kind="cifar10"), "tune").model_copy(update={"amp": False, "epochs": 1000})
    count = BATCHES * training.batch_size
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    pool = TensorImages(pixels, torch.randint(0, 10, (count,), generator=generator))
    data = TrainData(pool, np.arange(count), Normalize((0.5,) * 3, (0.25,) * 3), torch.device("cpu"))
    student, teacher = (build_network(NetworkSource(name="resnet20"), 10, 3, 32, seed=seed) for seed in (0, 1))
    macs = mean_layer_macs(trace_layers(student, torch.zeros(1, 3, 32, 32)))
    taught = training.model_copy(update={"teacher": 0})
    trainers = {
        "plain": Trainer(student, data, training, 0, macs),
        "taught": Trainer(student, data, taught, 0, macs, teacher),
    }
    seconds = interleave(
        {name: Contender(_train_next_epoch(trainer)) for name, trainer in trainers.items()}
        | {"teacher": Contender(_run_teacher(teacher.eval(), data, training.batch_size))}
    )
    rounds = zip(seconds["taught"], seconds["plain"], seconds["teacher"], strict=True)
    method = (
        f"resnet20 taught by a resnet20, {BATCHES} batches of {training.batch_size} per round, float32, crop and flip: "
        "Trainer.epoch with a teacher less Trainer.epoch without one, over the teacher's forward passes"
    )
    return Result(median((taught - plain) / alone for taught, plain, alone in rounds), 1.15, "ratio", method)


def _train_next_epoch(trainer: Trainer) -> Callable[[], object]:
    epochs = iter(range(1, trainer.training.epochs + 1))
    return lambda: trainer.epoch(next(epochs))


def _run_teacher(teacher: nn.Module, data: TrainData, batch_size: int) -> Callable[[], object]:
    images = data.normalize(data.images.batch(torch.from_numpy(data.indices), data.device))

    @torch.no_grad()
    def run() -> None:
        for batch in images.split(batch_size):
            teacher(batch)

    return run
