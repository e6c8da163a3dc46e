"""User-defined networks that are unusual in training: they can be trained and pruned, or the check refuses them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.engine.inspection.trial import MULTIPLE_OUTPUTS_NOTICE
from cnnpruner.errors import UnusableNetwork
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import prune, root
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.defaults import default_training
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import register_networks
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of


class _Net(nn.Module):
    """Two convolutions and a head, for digits."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=1)
        self.fc = nn.Linear(8, 10)

    def features(self, x: Tensor) -> Tensor:
        """[N, 8]."""
        return F.relu(self.b(F.relu(self.a(x)))).mean((2, 3))

    def forward(self, x: Tensor) -> Any:
        """[N, 10]."""
        return self.fc(self.features(x))


class Normed(_Net):
    """Weight norm in the old form, before parametrizations."""

    def __init__(self) -> None:
        super().__init__()
        with pytest.warns(FutureWarning, match="weight_norm"):
            self.a = nn.utils.weight_norm(self.a)


class Auxiliary(_Net):
    """Two outputs in training."""

    def __init__(self) -> None:
        super().__init__()
        self.aux = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Any:
        """[N, 10]; two of them in training."""
        features = self.features(x)
        return (self.fc(features), self.aux(features)) if self.training else self.fc(features)


class Solid(_Net):
    """Contains a three-dimensional convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.solid = nn.Conv3d(1, 2, 3, padding=1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Any:
        """[N, 10]."""
        return self.fc(self.solid(F.relu(self.b(F.relu(self.a(x)))).unsqueeze(1)).mean((3, 4)).flatten(1))


class Double(_Net):
    """Computes in float64."""

    def __init__(self) -> None:
        super().__init__()
        self.double()

    def forward(self, x: Tensor) -> Any:
        """[N, 10]."""
        return super().forward(x.double())


class Frozen(_Net):
    """Has no trainable parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.requires_grad_(False)


class Named(_Net):
    """Returns a dictionary in training."""

    def forward(self, x: Tensor) -> Any:
        """[N, 10]; in a dictionary in training."""
        return {"logits": super().forward(x)} if self.training else super().forward(x)


class Faulty(_Net):
    """Fails only in training."""

    def forward(self, x: Tensor) -> Any:
        """[N, 10]."""
        if self.training:
            raise ValueError("no targets given")
        return super().forward(x)


@pytest.fixture(autouse=True)
def _nothing_stays_registered() -> Iterator[None]:
    yield
    factories.register({})


def experiment(network: Callable[[], nn.Module]) -> NewExperiment:
    register_networks([f"own={__name__}:{network.__name__}"])
    return NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "own"}})


@pytest.mark.parametrize("network", [Normed, Auxiliary, Solid, Double])
def test_a_network_that_passes_the_check_can_be_trained_and_pruned(
    network: Callable[[], nn.Module], tmp_path: Path, cache: WorkerCache
) -> None:
    new = experiment(network)
    check = check_experiment(new, tmp_path, cache)
    assert (MULTIPLE_OUTPUTS_NOTICE in check.notices) == (network is Auxiliary)
    setup = setup_of(new, check, tmp_path)
    training = default_training(new.data, "root").model_copy(update={"epochs": 1, "images": 64})
    weights = tmp_path / "root.safetensors"
    inputs = root.RootInputs(setup, 1, training, None, weights, tmp_path / "pictures.npy")
    result = root.run(inputs, FakeContext(tmp_path / "node-0"), cache)
    free = [unit.free for unit in result.layers.units]
    assert any(free) and np.isfinite(np.asarray(result.scores[0].score)[free]).all()
    pruned = _prune(setup, ReadyNode(result.layers, weights), tmp_path, cache)
    assert pruned.cost.parameters < result.cost.parameters


def _prune(setup: ExperimentSetup, parent: ReadyNode, folder: Path, cache: WorkerCache) -> Any:
    units = tuple(unit.id for unit in parent.layers.units if unit.free)[:2]
    training = setup.experiment.training.model_copy(update={"epochs": 1, "images": 64})
    inputs = prune.PruneInputs(setup, 2, parent, 0, units, training, folder / "child.safetensors")
    return prune.run(inputs, FakeContext(folder / "node-1"), cache)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Frozen, r"None of the network's parameters can be trained .* call `network.requires_grad_\(\)`"),
        (Named, r"In training mode the network returns dict; it must return .* \[2, 10\], or a tuple"),
        (Faulty, r"a training step fails at .*test_odd_networks.py:\d+: no targets given. Fix this error"),
    ],
)
def test_a_network_that_cannot_be_trained_is_refused(
    network: Callable[[], nn.Module], message: str, tmp_path: Path, cache: WorkerCache
) -> None:
    with pytest.raises(UnusableNetwork, match=message):
        check_experiment(experiment(network), tmp_path, cache)
