"""Job `mac_count`: counts the MACs of an experiment's network for each operation.

Only needed for experiments of old CNNPruner versions, which did not count the MACs of all operations.
"""

from dataclasses import dataclass

import torch

from cnnpruner.domain.results import MacCount
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.errors import CNNPrunerError
from cnnpruner.jobs.cache import build_fresh_network
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.setups import ExperimentSetup


@dataclass(frozen=True)
class MacCountInputs:
    """The experiment whose MACs are to be counted."""

    setup: ExperimentSetup


def run(inputs: MacCountInputs, context: Context) -> MacCount:
    """Return the operations of the unpruned network whose MACs cannot be computed from a traced weight, with their
    MACs, or the reason why the network cannot be built.

    No plan can remove channels of these operations, so they cost the same in every node.
    """
    experiment = inputs.setup.experiment
    context.report_progress(0.1, "counting multiply-accumulate operations")
    try:
        image = torch.zeros(1, experiment.channels, experiment.image_size, experiment.image_size)
        layers = trace_layers(build_fresh_network(experiment), image)
    except CNNPrunerError as error:
        return MacCount((), (), error.message)
    index_by_name = {layer.name: layer.index for layer in inputs.setup.root_layers.layers}
    names = [layer.name for layer in layers.layers]
    operations = (
        operation.model_copy(
            update={"layer": None if operation.layer is None else index_by_name.get(names[operation.layer])}
        )
        for operation in layers.operations
    )
    return MacCount(tuple(operations), tuple(layers.uncounted), None)
