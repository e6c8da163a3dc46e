"""Controls are as wide as their reference node, cut from its parent or made from fresh weights."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.nodes import ControlKind
from cnnpruner.domain.tree.training import TrainingStart
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import control
from cnnpruner.jobs.kinds.prune import PruneInputs
from cnnpruner.planning.structure import remove_units
from tests.digits_node import DigitsNode, make_node
from tests.jobs.contexts import FakeContext


@pytest.fixture(scope="module")
def digits(cache: WorkerCache, tmp_path_factory: pytest.TempPathFactory) -> DigitsNode:
    """An untrained root."""
    return make_node(tmp_path_factory.mktemp("models") / "node-0" / "weights.safetensors", cache)


def make(
    digits: DigitsNode, cache: WorkerCache, kind: ControlKind, seed: int, folder: Path, start: TrainingStart = "cut"
) -> NodeResult:
    experiment = digits.setup.experiment
    training = experiment.training.model_copy(update={"epochs": 1, "images": 64, "start": start})
    reference = PruneInputs(digits.setup, 2, digits.node, 0, units(digits), training, folder / "weights.safetensors")
    return control.run(control.ControlInputs(reference, kind, seed), FakeContext(folder), cache)


def units(digits: DigitsNode) -> tuple[int, ...]:
    """Every third free unit."""
    return tuple(unit.id for unit in digits.node.layers.units if unit.free)[::3]


@pytest.mark.parametrize("kind", ["random", "l1", "scratch"])
def test_a_control_has_the_widths_and_the_cost_of_the_node(
    digits: DigitsNode, cache: WorkerCache, tmp_path: Path, kind: ControlKind
) -> None:
    before = digits.node.weights.read_bytes()
    result = make(digits, cache, kind, 1, tmp_path)
    reference_layers = remove_units(digits.node.layers, units(digits))
    assert [layer.filters for layer in result.layers.layers] == [layer.filters for layer in reference_layers.layers]
    remaining = {unit.id for unit in result.layers.units}
    assert (remaining == {unit.id for unit in reference_layers.units}) == (kind == "scratch"), (
        "random and L1 remove other units, scratch the same"
    )
    assert result.cost.size_bytes == (tmp_path / "weights.safetensors").stat().st_size
    record = result.training_record
    assert (record.start, record.seed) == ("fresh" if kind == "scratch" else "cut", 1)
    assert (record.images_per_epoch, record.images_seen) == (64, 64)
    assert digits.node.weights.read_bytes() == before


def test_fresh_weights_depend_on_the_seed_and_differ_from_the_root(
    digits: DigitsNode, cache: WorkerCache, tmp_path: Path
) -> None:
    first_convolutions = []
    for seed in (1, 2):
        make(digits, cache, "scratch", seed, tmp_path / str(seed))
        weights = load_file(tmp_path / str(seed) / "weights.safetensors")
        first_convolutions.append(next(value.numpy() for value in weights.values() if value.ndim == 4))
    assert not np.allclose(first_convolutions[0], first_convolutions[1])
    # One epoch of 64 images changes weights little: fresh weights with the root's seed would still be close to it.
    root = load_file(digits.node.weights)
    name = next(name for name, value in root.items() if value.ndim == 4)
    layer = next(
        layer for layer in remove_units(digits.node.layers, units(digits)).layers if name.startswith(layer.name)
    )
    root_weights = root[name].numpy()[layer.numbers]
    assert np.abs(root_weights - first_convolutions[0]).mean() > 0.3 * np.abs(root_weights).mean()


@pytest.mark.parametrize(("kind", "start"), [("random", "reconstructed"), ("scratch", "fresh")])
def test_a_control_starts_as_its_settings_say_unless_its_weights_are_fresh(
    digits: DigitsNode, cache: WorkerCache, tmp_path: Path, kind: ControlKind, start: str
) -> None:
    record = make(digits, cache, kind, 1, tmp_path, "reconstructed").training_record
    assert record.start == start
    assert (record.reconstruction is None) == (start == "fresh")
