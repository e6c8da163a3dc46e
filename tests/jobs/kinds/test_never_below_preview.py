"""No child ends below its own preview, and reconstruction fits every layer: five kinds of networks on real digits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import preview, prune, root
from cnnpruner.jobs.setups import ReadyNode
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import register_networks
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of
from tests.jobs.trained_root import plan_of


class _Head(nn.Module):
    """Ends all networks: mean over space, and a linear layer."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Linear(channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.fc(x.mean((2, 3)))
        return scores


def _convolution(channels: int, width: int, groups: int = 1, bias: bool = False) -> nn.Conv2d:
    return nn.Conv2d(channels, width, 3, padding=1, groups=groups, bias=bias)


class Plain(nn.Sequential):
    """Convolutions with batch norm."""

    def __init__(self) -> None:
        layers = [
            layer
            for channels, width in ((1, 16), (16, 24), (24, 32))
            for layer in (_convolution(channels, width), nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        ]
        super().__init__(*layers, _Head(32))


class NoNorm(nn.Sequential):
    """Convolutions with biases, without any norm."""

    def __init__(self) -> None:
        pairs = ((1, 16), (16, 24), (24, 32))
        layers = [layer for pair in pairs for layer in (_convolution(*pair, bias=True), nn.ReLU())]
        super().__init__(*layers, _Head(32))


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = _convolution(width, width), _convolution(width, width)
        self.bn1, self.bn2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)


class ResidualBlock(_Block):
    """Norms behind the convolutions."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + x)


class PreActivationBlock(_Block):
    """Norms before the convolutions."""

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.conv1(F.relu(self.bn1(x)))
        out: Tensor = self.conv2(F.relu(self.bn2(hidden))) + x
        return out


class Residual(nn.Sequential):
    """Two residual blocks."""

    def __init__(self) -> None:
        stem = (_convolution(1, 24), nn.BatchNorm2d(24), nn.ReLU())
        super().__init__(*stem, ResidualBlock(24), ResidualBlock(24), _Head(24))


class PreActivation(nn.Sequential):
    """Two blocks with norms before the convolutions."""

    def __init__(self) -> None:
        super().__init__(
            _convolution(1, 24),
            PreActivationBlock(24),
            PreActivationBlock(24),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            _Head(24),
        )


class Depthwise(nn.Sequential):
    """Depthwise-separable convolutions."""

    def __init__(self) -> None:
        layers: list[nn.Module] = [_convolution(1, 16), nn.BatchNorm2d(16), nn.ReLU()]
        for channels, width in ((16, 32), (32, 32)):
            layers += [_convolution(channels, channels, channels), nn.BatchNorm2d(channels), nn.ReLU()]
            layers += [nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        super().__init__(*layers, _Head(32))


@pytest.fixture(autouse=True)
def _nothing_stays_registered() -> Iterator[None]:
    yield
    factories.register({})


@pytest.mark.parametrize("network", [Plain, NoNorm, Residual, PreActivation, Depthwise])
def test_no_child_ends_below_its_preview_and_every_layer_is_fitted(
    network: Callable[[], nn.Module], tmp_path: Path, cache: WorkerCache
) -> None:
    register_networks([f"own={__name__}:{network.__name__}"])
    new = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "own"}})
    setup = setup_of(new, check_experiment(new, tmp_path, cache), tmp_path)
    training = default_training(new.data, "root").model_copy(update={"epochs": 3})
    root_weights = tmp_path / "root.safetensors"
    inputs = root.RootInputs(setup, 1, training, None, root_weights, tmp_path / "pictures.npy")
    result = root.run(inputs, FakeContext(tmp_path / "node-0"), cache)
    parent = ReadyNode(result.layers, root_weights)
    free = [unit.id for unit in result.layers.units if unit.free]
    units = tuple(free[::2])
    previewed = preview.run(
        preview.PreviewInputs(setup, parent, plan_of(result.layers, units), result.predictions),
        FakeContext(tmp_path / "preview"),
        cache,
    )
    fit, reconstructed = previewed.reconstruction, previewed.reconstructed
    assert fit is not None and reconstructed is not None and previewed.recalibrated is not None
    assert (fit.fitted, fit.unfitted) == (fit.layers, []) and fit.layers > 1
    assert reconstructed.correct >= previewed.raw.correct
    # a rate so high that the training itself makes the network worse
    settings = {"epochs": 2, "learning_rate": 5.0, "images": 256}
    rough = setup.experiment.training.model_copy(update=settings)
    child_inputs = prune.PruneInputs(setup, 2, parent, 0, units, rough, tmp_path / "child.safetensors")
    child = prune.run(child_inputs, FakeContext(tmp_path / "node-1"), cache)
    best = max(previewed.raw.correct, previewed.recalibrated.correct, reconstructed.correct)
    assert child.predictions.correct >= best
