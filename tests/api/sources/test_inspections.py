"""Inspections over REST: a job that makes nothing, its report, and nothing that could name code."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import register_networks
from cnnpruner.service.workspace import Workspace
from tests.api.inline import InlineRunner


@pytest.fixture
def inline(workspace: Workspace) -> Iterator[TestClient]:
    """The API, over a worker that does what waits at once."""
    register_networks(["bad=tests.third_party:broken", "own=tests.third_party:Gated"])
    with TestClient(
        create_app(replace(workspace, runner=InlineRunner(workspace.store))), base_url="http://127.0.0.1"
    ) as client:
        yield client
    factories.start({})


def body(network: str, **more: Any) -> dict[str, Any]:
    return {"data": {"kind": "digits"}, "network": {"name": network}} | more


def test_an_inspection_reports_in_words_and_makes_nothing(inline: TestClient) -> None:
    asked = inline.post("/api/inspections", json=body("own"))
    assert asked.status_code == 202 and asked.json()["kind"] == "report"
    answer = inline.get(f"/api/inspections/{asked.json()['id']}")
    report = NetworkReport.model_validate(answer.json())
    assert (report.network, report.image, report.classes) == ("own", (1, 8, 8), 10)
    assert report.proof.equal and "tests/third_party.py:" in " ".join(report.sentences)
    assert inline.get("/api/experiments").json() == []


def test_a_factory_that_fails_is_a_failed_job_that_names_it(inline: TestClient) -> None:
    job = inline.post("/api/inspections", json=body("bad")).json()
    job = inline.get(f"/api/jobs/{job['id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "unusable_network")
    assert "Factory tests.third_party:broken fails when it is called (FileNotFoundError" in job["error"]["message"]
    answer = inline.get(f"/api/inspections/{job['id']}")
    assert answer.status_code == 422 and answer.json()["error"] == job["error"]
    made = inline.post("/api/experiments", json=body("bad"))
    assert made.status_code == 422 and made.json()["error"]["code"] == "unusable_network"


def test_a_report_is_not_there_before_its_job_is_done(client: TestClient) -> None:
    job = client.post("/api/inspections", json=body("small_vgg")).json()
    answer = client.get(f"/api/inspections/{job['id']}")
    assert answer.status_code == 409 and "is not done yet" in answer.json()["error"]["message"]


def test_a_cancelled_look_found_nothing_and_says_so(client: TestClient) -> None:
    for path, asked in (("/api/inspections", body("small_vgg")), ("/api/data/reports", {"data": {"kind": "digits"}})):
        job = client.post(path, json=asked).json()
        client.post(f"/api/jobs/{job['id']}/cancel")
        answer = client.get(f"{path}/{job['id']}")
        assert answer.status_code == 409
        assert "was cancelled and found nothing; start another" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("tests.third_party:Gated", "There is no network 'tests.third_party:Gated'"),
        ("tests/third_party.py:Gated", "network.name"),
        ("own(width=3)", "network.name"),
        ("timm:../../x", "network.name"),
        ("resnet19", "did you mean resnet18"),
    ],
)
def test_only_registered_names_are_taken_and_nothing_is_queued(client: TestClient, network: str, said: str) -> None:
    for path in ("/api/inspections", "/api/experiments"):
        answer = client.post(path, json=body(network))
        assert answer.status_code == 422 and said in answer.json()["error"]["message"]
    assert client.get("/api/jobs").json() == []


def test_networks_are_listed_with_whose_they_are(inline: TestClient) -> None:
    listing = inline.get("/api/data").json()
    listed = {one["name"]: one for one in listing["networks"]}
    assert listed["own"]["family"] == "factory" and not listed["own"]["pretrained"]
    assert listed["shufflenet_v2_x1_0"]["family"] == "torchvision" and listed["shufflenet_v2_x1_0"]["pretrained"]
    assert ("resnet10t" in listing["timm_networks"]) == listing["timm"]
