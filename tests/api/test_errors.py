"""Every error has one shape, names the thing and the cure, and tells nothing that it should not."""

import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cnnpruner.api import errors
from cnnpruner.domain.plans.plans import NewPlan
from cnnpruner.service.workspace import Workspace

JSON = {"Content-Type": "application/json"}
SHAPE = {"code", "message", "details"}
UNKNOWN = [
    ("GET", "/api/experiments/7"),
    ("PATCH", "/api/experiments/7"),
    ("DELETE", "/api/experiments/7"),
    ("GET", "/api/experiments/7/tree"),
    ("GET", "/api/experiments/7/events"),
    ("GET", "/api/experiments/7/samples/0/image"),
    ("GET", "/api/nodes/7"),
    ("PATCH", "/api/nodes/7"),
    ("GET", "/api/nodes/7/layers"),
    ("GET", "/api/nodes/7/scores"),
    ("GET", "/api/nodes/7/epochs"),
    ("GET", "/api/nodes/7/confusion"),
    ("GET", "/api/nodes/7/samples"),
    ("GET", "/api/nodes/7/plans"),
    ("POST", "/api/nodes/7/latency"),
    ("POST", "/api/nodes/7/test"),
    ("GET", "/api/plans/7"),
    ("PATCH", "/api/plans/7"),
    ("DELETE", "/api/plans/7"),
    ("POST", "/api/plans/7/preview"),
    ("POST", "/api/plans/7/apply"),
    ("POST", "/api/nodes/7/estimate"),
    ("POST", "/api/nodes/7/autopilots"),
    ("POST", "/api/nodes/7/controls"),
    ("GET", "/api/nodes/7/branch"),
    ("DELETE", "/api/nodes/7"),
    ("GET", "/api/experiments/7/estimates"),
    ("GET", "/api/experiments/7/forecast"),
    ("GET", "/api/experiments/7/autopilots"),
    ("GET", "/api/experiments/7/comparison?nodes=1&nodes=2"),
    ("POST", "/api/estimates/7/plan"),
    ("GET", "/api/autopilots/7"),
    ("POST", "/api/autopilots/7/stop"),
    ("GET", "/api/inspections/7"),
    ("GET", "/api/jobs/7"),
    ("POST", "/api/jobs/7/cancel"),
    ("GET", "/api/nothing"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_what_is_not_there_is_a_404_that_names_it(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path, json={} if method in ("PATCH", "POST") else None)
    assert response.status_code == 404
    error = response.json()["error"]
    assert set(error) == SHAPE and error["code"] == "not_found"
    assert "7" in error["message"] or "nothing" in error["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "data"),
        ({"data": {"kind": "magic"}, "network": {"name": "resnet20"}}, "data.kind"),
        ({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "sead": 1}, "sead"),
        ({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "tolerance": -1}, "tolerance"),
        ({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {}}, "weights"),
        ({"data": {"kind": "digits", "path": "x"}, "network": {"name": "small_vgg"}}, "data"),
        ({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "std": [1e-308]}, "std.0"),
        ({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "training": {"images": 10**30}}, "images"),
    ],
)
def test_a_field_that_does_not_fit_is_named(client: TestClient, body: dict[str, object], field: str) -> None:
    response = client.post("/api/experiments", json=body)
    assert response.status_code == 422
    error = response.json()["error"]
    assert set(error) == SHAPE and error["code"] == "invalid_input" and field in error["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rule": "percent", "percent": 300}, "percent should be less than or equal to 100 (not 300)"),
        ({"rule": "percent"}, "percent is missing: give it"),
        ({"rule": "percent", "percent": 5, "sort": 1}, "sort is not known here: leave it out or correct its name"),
        ({"rule": "filters", "filters": {"features.0": ["one"]}}, "filters.features.0.0 should be a valid integer"),
    ],
)
def test_a_refusal_says_field_fault_and_cure(body: dict[str, object], said: str) -> None:
    message = plan_refusal(body)
    assert message.startswith(f"The request does not fit: {said}"), message


def test_a_long_value_is_not_echoed_whole() -> None:
    assert len(plan_refusal({"rule": "percent", "percent": "x" * 5000})) < 300


def plan_refusal(body: dict[str, object]) -> str:
    """What a call answers that takes a plan, where `body` does not fit."""
    app = FastAPI()
    errors.install(app)

    @app.post("/plans")
    def take(plan: NewPlan) -> None:
        raise AssertionError(f"{plan} was taken")

    return str(TestClient(app).post("/plans", json=body).json()["error"]["message"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"{bad",
            "the body is not valid JSON (Expecting property name enclosed in double quotes, character 1)",
        ),
        (b"\xff", "the body is not valid JSON (it is not in UTF-8): send one"),
        (b"[1", "the body is not valid JSON (Expecting ',' delimiter, character 2): send one"),
        (b"[" * 100_000, "the body is not valid JSON (it is nested too deep): send one"),
        (b'{"data": NaN}', "data "),
    ],
)
def test_broken_json_is_refused_with_its_place_and_cure(client: TestClient, body: bytes, said: str) -> None:
    response = client.post("/api/experiments", content=body, headers=JSON)
    error = response.json()["error"]
    assert response.status_code == 422 and set(error) == SHAPE
    assert error["message"].startswith(f"The request does not fit: {said}"), error["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (rb'{"rule": "percent", "percent": 5, "locked": ["\ud800"]}', "locked.0"),
        (rb'{"rule": "percent", "percent": 5, "kept": {"a\udfff": [1]}}', "a name in kept"),
        (rb'{"rule": "filters", "filters": {"\uDBFF": [1]}}', "a name in filters"),
        (rb'{"rule": "layers", "shares": {"\udc00": 0.5}}', "a name in shares"),
        (rb'{"rule": "percent", "percent": 5, "note": "\ud83d"}', "note"),
        (b'{"rule": "percent", "percent": 5, "name": "\xed\xa0\x80"}', "name"),
        (rb'"\ud800"', "the body"),
    ],
)
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(server: TestClient, body: bytes, field: str) -> None:
    response = server.post("/api/nodes/1/plans", content=body, headers=JSON)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["details"]) == (422, "invalid_input", {"field": field})
    assert f" {field} has half of a surrogate pair ('" in error["message"]


def test_half_a_surrogate_pair_names_no_option_of_a_network(client: TestClient) -> None:
    body = rb'{"data": {"kind": "digits"}, "network": {"name": "small_vgg", "options": {"\ud800": 1}}}'
    response = client.post("/api/experiments", content=body, headers=JSON)
    assert (response.status_code, "network.options has half" in response.text) == (422, True)


def test_whole_surrogate_pairs_are_text(server: TestClient) -> None:
    body = rb'{"rule": "percent", "percent": 5, "note": "\ud83d\ude00"}'
    assert server.post("/api/nodes/1/plans", content=body, headers=JSON).status_code == 201


def test_a_sentence_that_quotes_no_text_is_told_all_the_same() -> None:
    told = json.loads(
        bytes(errors.error_response(422, "unusable_data", "File \udcff.png", {"file": "\udcff.png"}).body)
    )
    assert told["error"]["message"] == "File \udcff.png" and told["error"]["details"]["file"] == "\udcff.png"


def test_an_unknown_error_is_logged_whole_and_answered_blandly(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret path /root")

    monkeypatch.setattr(workspace.store.experiments, "list", broken)
    with caplog.at_level(logging.ERROR):
        response = client.get("/api/experiments")
    assert response.status_code == 500
    assert set(response.json()["error"]) == SHAPE and "secret" not in response.text
    assert "secret path" in caplog.text


def test_health_answers_before_any_worker(client: TestClient) -> None:
    response = client.get("/api/health").json()
    assert response["status"] == "ok" and response["database"] == "sqlite" and response["device"] is None
