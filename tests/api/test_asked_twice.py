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


def test_the_locked_split_is_read_once(client: TestClient, work: Workspace) -> None:
    grove = plant(work.store)
    assert len(_jobs_of_six_posts(client, f"/api/nodes/{grove.root_id}/test")) == 1
