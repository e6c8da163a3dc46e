"""Simultaneous requests for the same thing do the work once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from cnnpruner.service import jobs
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


def _jobs_of_six_posts(client: TestClient, path: str) -> set[int]:
    with ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(lambda _: client.post(path), range(6)))
    assert {response.status_code for response in responses} == {202}
    return {response.json()["id"] for response in responses}


def test_six_simultaneous_previews_share_one_job(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    plan = client.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 20}).json()
    first = _jobs_of_six_posts(client, f"/api/plans/{plan['id']}/preview")
    assert len(first) == 1
    client.patch(f"/api/plans/{plan['id']}", json={"rule": {"rule": "percent", "percent": 30}})
    second = _jobs_of_six_posts(client, f"/api/plans/{plan['id']}/preview")
    assert len(second) == 1 and second != first
    assert client.get(f"/api/jobs/{first.pop()}").json()["state"] == "cancelled"


def test_eight_simultaneous_plans_from_one_estimate_are_one_draft(client: TestClient, workspace: Workspace) -> None:
    small_tree = make_small_tree(workspace.store)
    plan = client.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 50}).json()
    small_tree.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 90)
    estimate = client.post(f"/api/nodes/{small_tree.root_id}/estimate", json={"target_accuracy": 0.95}).json()
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: client.post(f"/api/estimates/{estimate['id']}/plan"), range(8)))
    assert {response.status_code for response in responses} == {201}
    assert len({response.json()["id"] for response in responses}) == 1
    assert len(workspace.store.plans.list(small_tree.root_id)) == 2


@pytest.mark.parametrize("call", ["test", "embedding"])
def test_simultaneous_requests_for_test_accuracy_or_map_share_one_job(
    client: TestClient, workspace: Workspace, call: str
) -> None:
    small_tree = make_small_tree(workspace.store)
    assert len(_jobs_of_six_posts(client, f"/api/nodes/{small_tree.root_id}/{call}")) == 1


def test_simultaneous_requests_for_the_pictures_of_a_layer_share_one_pass(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree = make_small_tree(workspace.store)
    layer = workspace.store.nodes.layers(small_tree.root_id).layers[0].name
    waited: list[int] = []
    monkeypatch.setattr(jobs, "wait", lambda workspace, job_id, timeout_s: waited.append(job_id))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: client.get(f"/api/nodes/{small_tree.root_id}/layers/{layer}/filters"), range(6)))
    assert (len(waited), len(set(waited))) == (6, 1)
