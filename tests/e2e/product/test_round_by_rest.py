"""Pruning rounds on the demo through REST alone."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

from cnnpruner.cli import main
from cnnpruner.client.http import ServerError
from tests.e2e.server import Server

COST = ("filters", "parameters", "macs", "size_bytes")


def test_the_demo_reaches_its_accuracy(demo: Server, root: dict[str, Any]) -> None:
    experiment = demo.call("GET", f"/experiments/{root['experiment_id']}")
    assert experiment["name"] == "Handwritten digits"
    assert root["accuracy"] >= 0.95  # guessing reaches 0.1; seeds differ by 0.01
    assert root["images"] == experiment["splits"]["selection"] >= 359
    assert root["recovered"] is None and root["test_accuracy"] is None
    epochs = demo.call("GET", f"/nodes/{root['id']}/epochs")
    assert [epoch["epoch"] for epoch in epochs] == list(range(len(epochs))) and len(epochs) > 3


def test_half_the_filters_are_removed_and_recovery_is_relative_to_the_parent(
    demo: Server, root: dict[str, Any]
) -> None:
    weights = demo.models / f"experiment-{root['experiment_id']}" / "node-0" / "weights.safetensors"
    before = hashlib.sha256(weights.read_bytes()).hexdigest()
    plan = demo.call("POST", f"/nodes/{root['id']}/plans", {"rule": "percent", "percent": 50})
    assert plan["budget"] == round(root["free_filters"] / 2) == plan["reached"]

    applied = demo.call("POST", f"/plans/{plan['id']}/apply", {"note": "half"})
    assert applied["node"]["parent_id"] == root["id"] and applied["node"]["state"] in ("waiting", "running")
    child = demo.ready(applied["node"]["id"])

    assert {name: child[name] for name in COST} == plan["cost"]
    child_weights = weights.parent.parent / f"node-{child['number']}" / "weights.safetensors"
    assert child_weights.stat().st_size == plan["cost"]["size_bytes"]
    assert _count_parameters(str(child_weights)) == plan["cost"]["parameters"]
    assert child["needed_correct"] == root["correct"] - int(0.005 * root["images"] + 1e-9)
    assert child["recovered"] is (child["correct"] >= child["needed_correct"])
    assert child["note"] == "half"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == before
    assert [path.name for path in child_weights.parent.iterdir()] == ["weights.safetensors"]


@pytest.mark.parametrize(("tolerance", "epochs", "recovers"), [(0.5, 2, True), (0.0, 0, False)])
def test_whether_a_node_recovers_depends_on_the_tolerance_of_its_experiment(
    demo: Server, root: dict[str, Any], tolerance: float, epochs: int, recovers: bool
) -> None:
    """With a tolerance of 0.5 a trained node recovers; with none, a node that was not trained does not."""
    path = f"/experiments/{root['experiment_id']}"
    before = demo.call("GET", path)["tolerance"]
    demo.call("PATCH", path, {"tolerance": tolerance})
    try:
        plan = demo.call("POST", f"/nodes/{root['id']}/plans", {"rule": "percent", "percent": 50})
        applied = demo.call("POST", f"/plans/{plan['id']}/apply", {"start": "cut", "training": {"epochs": epochs}})
    finally:
        demo.call("PATCH", path, {"tolerance": before})
    child = demo.ready(applied["node"]["id"])
    assert child["needed_correct"] == root["correct"] - int(tolerance * root["images"] + 1e-9)
    assert child["recovered"] is recovers


def _count_parameters(path: str) -> int:
    with safe_open(path, "np") as file:
        names = [name for name in file.keys() if "running_" not in name and "num_batches" not in name]  # noqa: SIM118
        return sum(file.get_tensor(name).size for name in names)


def test_plans_of_a_child_use_the_original_numbers(demo: Server, root: dict[str, Any]) -> None:
    layers = demo.call("GET", f"/nodes/{root['id']}/layers")
    first = layers["layers"][0]["name"]
    plan = demo.call("POST", f"/nodes/{root['id']}/plans", {"rule": "filters", "filters": {first: [0, 1, 5]}})
    body = {"training": {"epochs": 1}}
    child = demo.ready(demo.call("POST", f"/plans/{plan['id']}/apply", body)["node"]["id"])
    layer = demo.call("GET", f"/nodes/{child['id']}/layers")["layers"][0]
    assert layer["numbers"] == [number for number in range(layer["original_filters"]) if number not in (0, 1, 5)]

    with pytest.raises(ServerError, match=r"5.*(gone|removed)") as refused:
        demo.call("POST", f"/nodes/{child['id']}/plans", {"rule": "filters", "filters": {first: [5]}})
    assert refused.value.status == 422
    again = demo.call("POST", f"/nodes/{child['id']}/plans", {"rule": "filters", "filters": {first: [7]}})
    assert again["filters"][first] == [7]
    assert again["cost"]["filters"] == child["filters"] - 1


def test_a_preview_has_raw_and_recalibrated_accuracy(demo: Server, root: dict[str, Any]) -> None:
    plan = demo.call("POST", f"/nodes/{root['id']}/plans", {"rule": "percent", "percent": 25})
    job = demo.call("POST", f"/plans/{plan['id']}/preview")
    assert demo.wait(job["id"])["state"] == "done"
    preview = demo.call("POST", f"/plans/{plan['id']}/preview")
    assert preview["before"]["correct"] == root["correct"]
    assert 0 < preview["raw"]["accuracy"] <= 1 and preview["recalibrated"]["images"] == root["images"]
    assert preview["revision"] == plan["revision"] and preview["removed_filters"] == plan["reached"]
    assert demo.call("GET", f"/plans/{plan['id']}")["preview"] == preview


def test_an_applied_plan_is_closed(demo: Server, root: dict[str, Any]) -> None:
    plan = demo.call("POST", f"/nodes/{root['id']}/plans", {"rule": "percent", "percent": 10})
    applied = demo.call("POST", f"/plans/{plan['id']}/apply")
    with pytest.raises(ServerError, match="can no longer be changed") as conflict:
        demo.call("PATCH", f"/plans/{plan['id']}", {"rule": {"rule": "percent", "percent": 20}})
    assert conflict.value.status == 409
    with pytest.raises(ServerError, match="wait for its job") as early:
        demo.call("POST", f"/nodes/{applied['node']['id']}/plans", {"rule": "percent", "percent": 20})
    assert early.value.status == 409
    cancelled = demo.call("POST", f"/jobs/{applied['job']['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    assert demo.call("GET", f"/nodes/{applied['node']['id']}")["state"] == "cancelled"
    assert demo.call("GET", f"/nodes/{root['id']}") == root


def test_invalid_requests_are_refused_with_the_reason(demo: Server, root: dict[str, Any]) -> None:
    layers = demo.call("GET", f"/nodes/{root['id']}/layers")["layers"]
    output = next(layer["name"] for layer in layers if layer["output"])
    plans = f"/nodes/{root['id']}/plans"
    invalid: list[tuple[str, dict[str, Any], int, str]] = [
        (plans, {"rule": "filters", "filters": {output: [3]}}, 422, "classes"),
        (plans, {"rule": "filters", "filters": {"nowhere": [3]}}, 422, "nowhere"),
        (plans, {"rule": "percent", "percent": 150}, 422, "percent"),
        (plans, {"rule": "percent", "percent": 10, "criterion": "magic"}, 404, "magic"),
        ("/nodes/999999/plans", {"rule": "percent", "percent": 10}, 404, "999999"),
        ("/experiments", {"data": {"kind": "digits"}, "network": {"name": "vgg16_bn"}, "image_size": 8}, 422, "32"),
        ("/experiments", {"data": {"kind": "cifar10", "path": "/etc"}, "network": {"name": "resnet20"}}, 422, "data"),
    ]
    for path, body, status, word in invalid:
        with pytest.raises(ServerError, match=word) as error:
            demo.call("POST", path, body)
        assert error.value.status == status, (path, body, error.value.message)
        assert error.value.code != "error"


def test_a_node_exported_by_the_command_line_runs_elsewhere(
    demo: Server, root: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["export", str(root["id"]), "--format", "safetensors", "--to", str(tmp_path), "--server", demo.url]
    assert main(arguments) == 0
    assert "100.00% of the predicted classes agree" in capsys.readouterr().out
    [archive] = tmp_path.iterdir()
    code = "import cnnpruner, sys, torch; print(cnnpruner.load(sys.argv[1])(torch.zeros(2, 1, 8, 8)).shape)"
    result = subprocess.run([sys.executable, "-I", "-c", code, archive], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "torch.Size([2, 10])"
