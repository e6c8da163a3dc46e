"""The commands `plan` and `autopilot` print what they did, and send order, start and training settings."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.cli import main
from cnnpruner.cli.plans import autopilot, plan
from cnnpruner.cli.plans.plan import describe_preview
from cnnpruner.domain.base import Accuracy, Interval
from cnnpruner.domain.plans.plans import Preview
from cnnpruner.service.tree import autopilots
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.trees import SmallTree, make_small_tree


def accuracy(correct: int) -> Accuracy:
    return Accuracy(accuracy=correct / 100, correct=correct, images=100, interval=Interval(low=0.0, high=1.0))


def test_accuracies_are_printed_in_the_order_of_their_measurement() -> None:
    preview_fields: dict[str, Any] = {"raw": accuracy(10), "recalibrated": accuracy(40), "reconstructed": accuracy(80)}
    preview = Preview.model_construct(**preview_fields)
    expected = (
        "accuracy before training: 10.00%; accuracy with BN re-estimated: 40.00%; accuracy after reconstruction: "
        "80.00%\n"
    )
    assert describe_preview(preview) == expected
    only_raw = preview.model_copy(update={"recalibrated": None, "reconstructed": None})
    assert describe_preview(only_raw) == "accuracy before training: 10.00%\n"


@pytest.fixture
def small_tree(workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> SmallTree:
    """A root on a server in this process, which the commands connect to."""
    for command in (plan, autopilot):
        monkeypatch.setattr(command, "Client", lambda _: in_process(client))
    monkeypatch.setattr(autopilot, "POLL_INTERVAL_S", 0.0)
    tree = make_small_tree(workspace.store)
    tree.add_scores(tree.root_id, "loss_change")
    return tree


def test_a_plan_is_applied_with_its_start_and_settings(
    small_tree: SmallTree, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--start", "reconstructed", "--epochs", "3", "--learning-rate", "0.005"]
    options += ["--teacher", "root", "--ema", "0.99"]
    assert main(["plan", str(small_tree.root_id), "--percent", "25", "--apply", *options]) == 0
    node = small_tree.nodes()[1]
    assert f"node 1 (id {node.id}) is being created" in capsys.readouterr().out
    assert node.training is not None
    settings = node.training.model_dump(include={"start", "epochs", "learning_rate", "teacher", "ema"})
    assert settings == {
        "start": "reconstructed", "epochs": 3, "learning_rate": 0.005, "teacher": small_tree.root_id, "ema": 0.99,
    }  # fmt: skip


def test_training_settings_without_apply_are_refused(small_tree: SmallTree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(small_tree.root_id), "--percent", "25", "--epochs", "3"]) == 1
    assert "only used with --apply" in capsys.readouterr().err
    assert main(["plan", str(small_tree.root_id), "--target", "macs", "many", "--apply"]) == 1
    assert "'many' is not a number or percentage" in capsys.readouterr().err


def test_an_autopilot_prints_its_nodes_and_why_it_ended(
    small_tree: SmallTree, workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish_node(_: float) -> None:
        """Stands in for a worker while the command waits."""
        unfinished = next(node for node in small_tree.nodes() if node.state == "waiting")
        small_tree.finish(unfinished.id, 98)
        small_tree.add_scores(unfinished.id, "loss_change")
        autopilots.advance_autopilots(workspace)

    monkeypatch.setattr("time.sleep", finish_node)
    arguments = ["--kind", "schedule", "--steps", "2", "--goal", "macs", "50%", "--start", "cut", "--wait"]
    assert main(["autopilot", str(small_tree.root_id), *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines[1:3]] == [
        "node 1: accuracy 98.00% (epoch 1)",
        "node 2: accuracy 98.00% (epoch 1)",
    ]
    assert lines[3].startswith("done: Node 2 has ") and "meets the goal" in lines[3]
    goal = workspace.store.autopilots.list()[0].goal
    assert goal is not None and goal.value == (small_tree.nodes()[0].macs or 0) // 2
    order = workspace.store.autopilots.list()[0].order
    assert (order.criterion, order.floor) == ("loss_change/macs^0.5", 0.1)


def test_the_kinds_of_the_paper_rank_as_in_the_paper(small_tree: SmallTree, workspace: Workspace) -> None:
    assert main(["autopilot", str(small_tree.root_id), "--kind", "automatic", "--teacher", "parent"]) == 0
    order = workspace.store.autopilots.list()[0].order
    assert (order.criterion, order.floor) == ("taylor", 0.0)
