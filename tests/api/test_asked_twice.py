"""What is asked for twice at once is done once."""

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

from cnnpruner.service.workspace import Workspace
from tests.trees import plant


def _jobs_of_six_posts(client: TestClient, path: str) -> set[int]:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post(path), range(6)))
    assert {answer.status_code for answer in answers} == {202}
    return {answer.json()["id"] for answer in answers}


def test_six_previews_at_once_are_one_job(client: TestClient, work: Workspace) -> None:
    grove = plant(work.store)
    plan = client.post(f"/api/nodes/{grove.root_id}/plans", json={"rule": "percent", "percent": 20}).json()
    first = _jobs_of_six_posts(client, f"/api/plans/{plan['id']}/preview")
    assert len(first) == 1
    client.patch(f"/api/plans/{plan['id']}", json={"rule": {"rule": "percent", "percent": 30}})
    second = _jobs_of_six_posts(client, f"/api/plans/{plan['id']}/preview")
    assert len(second) == 1 and second != first
    assert client.get(f"/api/jobs/{first.pop()}").json()["state"] == "cancelled"


def test_eight_plans_from_one_estimate_at_once_are_one_draft(client: TestClient, work: Workspace) -> None:
    grove = plant(work.store)
    plan = client.post(f"/api/nodes/{grove.root_id}/plans", json={"rule": "percent", "percent": 50}).json()
    grove.finish(client.post(f"/api/plans/{plan['id']}/apply").json()["node"]["id"], 90)
    asked = client.post(f"/api/nodes/{grove.root_id}/estimate", json={"target_accuracy": 0.95}).json()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(f"/api/estimates/{asked['id']}/plan"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(work.store.plans.list(grove.root_id)) == 2


def test_the_locked_split_is_read_once(client: TestClient, work: Workspace) -> None:
    grove = plant(work.store)
    assert len(_jobs_of_six_posts(client, f"/api/nodes/{grove.root_id}/test")) == 1
