"""Job `latency`: measured time of one forward pass of a ready node, at chosen batch sizes."""

from dataclasses import dataclass

from cnnpruner.domain.nodes import Latency
from cnnpruner.engine.latency import measure_latency
from cnnpruner.jobs.context import Context
from cnnpruner.jobs.setting import ReadyNode, Setting
from cnnpruner.jobs.warm import Warm


@dataclass(frozen=True)
class LatencyInputs:
    """A node and the batch sizes to measure."""

    setting: Setting
    node: ReadyNode
    batches: tuple[int, ...]


def run(inputs: LatencyInputs, context: Context, warm: Warm) -> list[Latency]:
    """One per batch size."""
    network = warm.network(inputs.setting, inputs.node)
    measured: list[Latency] = []
    for number, batch in enumerate(inputs.batches):
        context.check()
        context.progress(number / len(inputs.batches), f"measuring latency at batch {batch}")
        measured += measure_latency(network, inputs.node.layers.image, [batch], warm.device)
    return measured
