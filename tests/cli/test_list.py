"""`cnnpruner list EXPERIMENT` lists nodes with how they were trained; 0.1.0 listed no nodes."""

from cnnpruner.cli.list import list_nodes
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.domain.tree.provenance import AppliedForecast
from tests.formats.exports.networks import ready_node
from tests.values import RECORD, TRAINING

ROOT = ready_node().model_copy(update={"id": 8, "number": 0, "parent_id": None, "parameters": 1234})


def lines_of(*nodes: Node) -> list[str]:
    return [line.strip() for line in list_nodes(list(nodes)).splitlines()]


def test_a_node_is_listed_with_its_training_and_its_forecast() -> None:
    forecast = AppliedForecast(nodes=4, filters=10, accuracy=0.95, low=0.92, high=0.99)
    record = RECORD.model_copy(update={"start": "cut"})
    changes = {"parameters": 900, "training": TRAINING, "training_record": record, "forecast": forecast}
    lines = lines_of(ROOT, ready_node().model_copy(update=changes | {"recovered": True, "epochs": 3}))
    assert "node 4: accuracy 90.00%, recovered, 900 parameters" in lines
    assert "start weights: weights of node 0 without the removed filters" in lines
    assert "images seen: 18 (3 epochs × 6)" in lines and "device: a test" in lines
    assert "forecast, 80% interval: 95.00% (92.00%–99.00%), based on 4 nodes" in lines
    assert "outcome: 90.00%, below the forecast interval" in lines


def test_what_was_not_recorded_and_what_is_not_judged_is_said() -> None:
    changes = {"parameters": 900, "recovered_reason": "The parent learned nothing.", "notices": ["Too inaccurate."]}
    lines = lines_of(ROOT, ready_node().model_copy(update=changes))
    assert "node 4: accuracy 90.00%, 900 parameters" in lines
    assert "note: Too inaccurate." in lines and "recovery not judged: The parent learned nothing." in lines
    assert "images seen: not recorded" in lines and "forecast, 80% interval: not recorded" in lines


def test_an_unfinished_node_has_one_line() -> None:
    assert lines_of(ready_node().model_copy(update={"state": "running"})) == ["node 4: running"]
