"""A node can learn from the predictions of another one: which one it is stays with the node, and it cannot be deleted
meanwhile.
"""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service.workspace import Workspace
from tests.trees import SmallTree, make_small_tree


@pytest.fixture
def tree(workspace: Workspace) -> SmallTree:
    return make_small_tree(workspace.store)


def apply(client: TestClient, node_id: int, training: dict[str, Any], percent: float = 20) -> Any:
    """Apply a new plan. Returns the response."""
    plan = client.post(f"/api/nodes/{node_id}/plans", json={"rule": "percent", "percent": percent}).json()
    return client.post(f"/api/plans/{plan['id']}/apply", json={"training": training})


def ready_child(client: TestClient, tree: SmallTree, node_id: int, percent: float = 20) -> int:
    child_id = int(apply(client, node_id, {}, percent).json()["node"]["id"])
    tree.finish(child_id, 97)
    return child_id


def test_root_and_parent_are_stored_as_the_id_of_the_node(client: TestClient, tree: SmallTree) -> None:
    child = ready_child(client, tree, tree.root_id)
    other = ready_child(client, tree, tree.root_id, 30)
    teachers = [("root", tree.root_id), ("parent", child), (other, other), (None, None)]
    for teacher, expected in teachers:
        node = apply(client, child, {"teacher": teacher, "temperature": 2}).json()["node"]
        assert (node["training"]["teacher"], node["training"]["temperature"]) == (expected, 2)
        plan = client.get(f"/api/plans/{node['plan_id']}").json()
        assert plan["training"] == node["training"]


def test_the_default_teacher_of_an_experiment_follows_the_parent_and_null_switches_it_off(
    client: TestClient, tree: SmallTree
) -> None:
    url = f"/api/experiments/{tree.experiment_id}"
    assert client.patch(url, json={"training": {"teacher": "parent"}}).json()["training"]["teacher"] == "parent"
    child = ready_child(client, tree, tree.root_id)
    assert client.get(f"/api/nodes/{child}").json()["training"]["teacher"] == tree.root_id
    assert apply(client, child, {}).json()["node"]["training"]["teacher"] == child
    assert apply(client, child, {"teacher": None}).json()["node"]["training"]["teacher"] is None


def test_a_teacher_that_cannot_teach_is_refused_with_the_reason(
    client: TestClient, workspace: Workspace, tree: SmallTree
) -> None:
    other_tree = make_small_tree(workspace.store)
    unfinished = apply(client, tree.root_id, {}).json()["node"]
    cases = [
        (unfinished["id"], 409, f"Node {unfinished['number']} is still waiting and has no weights to teach with"),
        (other_tree.root_id, 422, "Node 0 belongs to another experiment; choose a teacher of the same tree."),
        (10**6, 404, "There is no node 1000000"),
        ("uncle", 422, "training.teacher should be 'root' or 'parent' (not 'uncle')"),
    ]
    number_of_nodes = len(tree.nodes())
    for teacher, status, message in cases:
        response = apply(client, tree.root_id, {"teacher": teacher})
        assert response.status_code == status and message in response.json()["error"]["message"], response.text
    assert len(tree.nodes()) == number_of_nodes


def test_a_root_has_no_teacher(client: TestClient) -> None:
    body = {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {"train": {"teacher": "parent"}}}
    response = client.post("/api/experiments", json=body)
    assert response.status_code == 422
    assert "the root has no teacher" in response.json()["error"]["message"]


def test_a_node_cannot_be_deleted_while_it_teaches(client: TestClient, tree: SmallTree) -> None:
    teacher = ready_child(client, tree, tree.root_id)
    student = apply(client, tree.root_id, {"teacher": teacher}, 30).json()["node"]
    own_student = apply(client, teacher, {"teacher": "parent"}, 30).json()["node"]
    response = client.delete(f"/api/nodes/{teacher}")
    assert response.status_code == 409
    assert response.json()["error"]["message"] == (
        f"Node 1 is the teacher of node {student['number']}, which is not finished yet; "
        f"wait until node {student['number']} is finished, or cancel it."
    )
    tree.finish(student["id"], 97)
    assert client.delete(f"/api/nodes/{teacher}").status_code == 200, "its own descendants go with it"
    assert client.get(f"/api/nodes/{own_student['id']}").status_code == 404
    assert client.get(f"/api/nodes/{student['id']}").json()["training"]["teacher"] == teacher


@pytest.mark.parametrize("kind", ["random", "l1"])
def test_controls_learn_from_the_same_teacher(client: TestClient, tree: SmallTree, kind: str) -> None:
    node = apply(client, tree.root_id, {"teacher": "root", "ema": 0.99}).json()["node"]
    tree.finish(node["id"], 97)
    [control] = client.post(f"/api/nodes/{node['id']}/controls", json={"kind": kind, "seeds": 1}).json()
    assert control["training"] == node["training"]
    [scratch] = client.post(f"/api/nodes/{node['id']}/controls", json={"kind": "scratch", "seeds": 1}).json()
    assert scratch["training"]["teacher"] is None
