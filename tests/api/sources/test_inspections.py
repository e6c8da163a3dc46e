"""Network reports over REST: they create no experiment, and requests cannot name code."""

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
from tests.api.inline_runner import InlineRunner


@pytest.fixture
def inline(workspace: Workspace) -> Iterator[TestClient]:
    """The API with a worker that runs jobs at once."""
    register_networks(["bad=tests.third_party:broken", "own=tests.third_party:Gated"])
    with TestClient(
        create_app(replace(workspace, runner=InlineRunner(workspace.store))), base_url="http://127.0.0.1"
    ) as client:
        yield client
    factories.register({})


def body(network: str, **fields: Any) -> dict[str, Any]:
    return {"data": {"kind": "digits"}, "network": {"name": network}} | fields


def test_an_inspection_reports_without_creating_an_experiment(inline: TestClient) -> None:
    request = inline.post("/api/inspections", json=body("own"))
    assert request.status_code == 202 and request.json()["kind"] == "network_report"
    response = inline.get(f"/api/inspections/{request.json()['id']}")
    report = NetworkReport.model_validate(response.json())
    assert (report.network, report.image, report.classes) == ("own", (1, 8, 8), 10)
    assert report.proof.equal and "tests/third_party.py:" in " ".join(report.sentences)
    assert inline.get("/api/experiments").json() == []


def test_a_failing_factory_fails_the_job_with_its_name(inline: TestClient) -> None:
    job = inline.post("/api/inspections", json=body("bad")).json()
    job = inline.get(f"/api/jobs/{job['id']}").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "unusable_network")
    assert "Factory tests.third_party:broken fails when it is called (FileNotFoundError" in job["error"]["message"]
    response = inline.get(f"/api/inspections/{job['id']}")
    assert response.status_code == 422 and response.json()["error"] == job["error"]
    created = inline.post("/api/experiments", json=body("bad"))
    assert created.status_code == 422 and created.json()["error"]["code"] == "unusable_network"


def test_a_report_is_not_available_before_its_job_is_done(client: TestClient) -> None:
    job = client.post("/api/inspections", json=body("small_vgg")).json()
    response = client.get(f"/api/inspections/{job['id']}")
    assert response.status_code == 409 and "is not finished yet" in response.json()["error"]["message"]


def test_a_cancelled_report_says_that_it_has_no_result(client: TestClient) -> None:
    for path, request in (("/api/inspections", body("small_vgg")), ("/api/data/reports", {"data": {"kind": "digits"}})):
        job = client.post(path, json=request).json()
        client.post(f"/api/jobs/{job['id']}/cancel")
        response = client.get(f"{path}/{job['id']}")
        assert response.status_code == 409
        assert "was cancelled and has no result; start another one" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("tests.third_party:Gated", "There is no network 'tests.third_party:Gated'"),
        ("tests/third_party.py:Gated", "network.name"),
        ("own(width=3)", "network.name"),
        ("timm:../../x", "network.name"),
        ("resnet19", "did you mean resnet18"),
    ],
)
def test_unregistered_names_are_rejected_before_queueing_a_job(client: TestClient, network: str, expected: str) -> None:
    for path in ("/api/inspections", "/api/experiments"):
        response = client.post(path, json=body(network))
        assert response.status_code == 422 and expected in response.json()["error"]["message"]
    assert client.get("/api/jobs").json() == []


def test_networks_are_listed_with_their_family(inline: TestClient) -> None:
    listing = inline.get("/api/data").json()
    listed = {entry["name"]: entry for entry in listing["networks"]}
    assert listed["own"]["family"] == "factory" and not listed["own"]["pretrained"]
    assert listed["shufflenet_v2_x1_0"]["family"] == "torchvision" and listed["shufflenet_v2_x1_0"]["pretrained"]
    assert ("resnet10t" in listing["timm_networks"]) == listing["timm"]
