"""A root that was trained on real digits by its job, without database or server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.plans.rules import PercentRule
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import root
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.defaults import default_training
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of

NEW = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})


@dataclass
class TrainedRoot:
    """A trained root, and what its job reported."""

    setup: ExperimentSetup
    context: FakeContext
    result: NodeResult
    ready: ReadyNode
    folder: Path


def train_root(folder: Path, cache: WorkerCache) -> TrainedRoot:
    """Train a root for three epochs."""
    setup = setup_of(NEW, check_experiment(NEW, folder, cache), folder)
    training = default_training(NEW.data, "root").model_copy(update={"epochs": 3})
    inputs = root.RootInputs(
        setup, 1, training, None, folder / "node-0" / "weights.safetensors", folder / "pictures.npy"
    )
    context = FakeContext(folder / "node-0")
    result = root.run(inputs, context, cache)
    return TrainedRoot(setup, context, result, ReadyNode(result.layers, inputs.weights), folder)


def half(trained: TrainedRoot) -> tuple[int, ...]:
    """Every other free unit."""
    return tuple(unit.id for unit in trained.result.layers.units if unit.free)[::2]


def plan_of(layers: Layers, units: Sequence[int]) -> Plan:
    """A draft that removes these units."""
    table = CostTable(layers)
    now = datetime.now(UTC)
    shares = dict.fromkeys(("filters", "sensitivity", "instability", "parameters", "macs", "size_bytes"), 0.5)
    return Plan.model_validate(
        {
            "id": 5, "node_id": 1, "name": "A", "state": "draft", "child_id": None, "revision": 3,
            "created_at": now, "updated_at": now, "rule": PercentRule(percent=50), "filters": {},
            "units": list(units), "budget": None, "reached": 7, "notes": [], "now": table.cost([]),
            "cost": table.cost(units), "shares": shares, "preview": None, "note": "",
            "training": None,
        }
    )  # fmt: skip
