"""Job `score`: values of criteria for a ready node."""

from dataclasses import dataclass

from cnnpruner.domain.results import ScoreArrays
from cnnpruner.engine.criteria import CRITERIA, DataCriterion, StaticCriterion
from cnnpruner.engine.scoring import score_static
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.measuring import Subject, Telling, score_by_data
from cnnpruner.jobs.setting import ReadyNode, Setting
from cnnpruner.jobs.warm import Warm


@dataclass(frozen=True)
class ScoreInputs:
    """A node, and the names of the criteria that it has no values of."""

    setting: Setting
    node: ReadyNode
    node_id: int
    names: tuple[str, ...]


def run(inputs: ScoreInputs, context: Context, warm: Warm) -> tuple[ScoreArrays, ...]:
    """Values by each criterion; those that look at images share one pass."""
    context.progress(0.0, "reading weights")
    network = warm.network(inputs.setting, inputs.node)
    criteria = [CRITERIA[name] for name in inputs.names]
    found: list[ScoreArrays] = []
    for criterion in criteria:
        if isinstance(criterion, StaticCriterion):
            context.check()
            values = score_static(network, inputs.node.layers, criterion, inputs.setting.experiment.seed)
            found.append(ScoreArrays(criterion.name, values, None, None, None))
    by_data = [one for one in criteria if isinstance(one, DataCriterion)]
    if by_data:
        images = warm.images(inputs.setting, part(context, 0.0, 0.2))
        subject = Subject(network, inputs.node.layers, inputs.node_id)
        found += score_by_data(subject, inputs.setting, images, by_data, Telling(part(context, 0.2, 1.0), None))
    return tuple(found)
