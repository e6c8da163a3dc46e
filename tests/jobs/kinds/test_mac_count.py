"""The job that counts MACs of an old tree anew."""

from pathlib import Path

import torch

from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.jobs.kinds import mac_count
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.planning.cost import CostTable
from tests.jobs.contexts import FakeContext
from tests.values import checked_experiment, experiment_value

SIZE = 64


def inputs(network: str) -> mac_count.MacCountInputs:
    source = NetworkSource(name=network)
    changes = {"network": source, "channels": 3, "image_size": SIZE, "classes": ["a", "b", "c"]}
    experiment = experiment_value().model_copy(update=changes)
    check = checked_experiment()
    return mac_count.MacCountInputs(ExperimentSetup(experiment, check.splits, check.layers, ()))


def test_attention_is_counted(tmp_path: Path) -> None:
    """0.1.0 counted 85% of this network."""
    count = mac_count.run(inputs("timm:mobilevit_xxs"), FakeContext(tmp_path))
    layers = trace_layers(
        build_network(NetworkSource(name="timm:mobilevit_xxs"), 3, 3, SIZE, 0), torch.zeros(1, 3, SIZE, SIZE)
    )
    assert count.failure is None
    assert {operation.name for operation in count.operations} == {"scaled_dot_product_attention"}
    total = CostTable(layers).cost([]).macs
    assert sum(operation.macs for operation in count.operations) == total - sum(layer.macs for layer in layers.layers)


def test_a_network_that_no_longer_exists_is_named(tmp_path: Path) -> None:
    count = mac_count.run(inputs("no_such_network"), FakeContext(tmp_path))
    assert count.failure is not None and "no_such_network" in count.failure
