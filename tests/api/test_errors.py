"""All errors have the same shape, name problem and fix, and disclose nothing that they should not."""

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
    ("GET", "/api/nodes/7/latencies"),
    ("POST", "/api/nodes/7/latencies"),
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
def test_a_missing_object_is_a_404_that_names_it(client: TestClient, method: str, path: str) -> None:
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
def test_an_invalid_field_is_named(client: TestClient, body: dict[str, object], field: str) -> None:
    response = client.post("/api/experiments", json=body)
    assert response.status_code == 422
    error = response.json()["error"]
    assert set(error) == SHAPE and error["code"] == "invalid_input" and field in error["message"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"rule": "percent", "percent": 300}, "percent should be less than or equal to 100 (not 300)"),
        ({"rule": "percent"}, "percent is required"),
        ({"rule": "percent", "percent": 5, "sort": 1}, "sort is not a known field: remove it or correct its name"),
        ({"rule": "filters", "filters": {"features.0": ["one"]}}, "filters.features.0.0 should be a valid integer"),
    ],
)
def test_a_validation_error_names_field_problem_and_fix(body: dict[str, object], expected: str) -> None:
    message = plan_error(body)
    assert message.startswith(f"The request is not valid: {expected}"), message


def test_a_long_invalid_value_is_abbreviated() -> None:
    assert len(plan_error({"rule": "percent", "percent": "x" * 5000})) < 300


def plan_error(body: dict[str, object]) -> str:
    """Returns the error message for a `body` that is not a valid plan."""
    app = FastAPI()
    errors.install_error_handlers(app)

    @app.post("/plans")
    def take(plan: NewPlan) -> None:
        raise AssertionError(f"{plan} was taken")

    return str(TestClient(app).post("/plans", json=body).json()["error"]["message"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b"{bad",
            "the body is not valid JSON (Expecting property name enclosed in double quotes, character 1)",
        ),
        (b"\xff", "the body is not valid JSON (not UTF-8): send one"),
        (b"[1", "the body is not valid JSON (Expecting ',' delimiter, character 2): send one"),
        (b"[" * 100_000, "the body is not valid JSON (nested too deeply): send one"),
        (b'{"data": NaN}', "data "),
    ],
)
def test_invalid_json_is_rejected_with_position_and_fix(client: TestClient, body: bytes, expected: str) -> None:
    response = client.post("/api/experiments", content=body, headers=JSON)
    error = response.json()["error"]
    assert response.status_code == 422 and set(error) == SHAPE
    assert error["message"].startswith(f"The request is not valid: {expected}"), error["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (rb'{"rule": "percent", "percent": 5, "locked": ["\ud800"]}', "locked.0"),
        (rb'{"rule": "percent", "percent": 5, "kept": {"a\udfff": [1]}}', "a field name in kept"),
        (rb'{"rule": "filters", "filters": {"\uDBFF": [1]}}', "a field name in filters"),
        (rb'{"rule": "layers", "shares": {"\udc00": 0.5}}', "a field name in shares"),
        (rb'{"rule": "percent", "percent": 5, "note": "\ud83d"}', "note"),
        (b'{"rule": "percent", "percent": 5, "name": "\xed\xa0\x80"}', "name"),
        (rb'"\ud800"', "the body"),
    ],
)
def test_half_a_surrogate_pair_is_rejected_in_any_field(server: TestClient, body: bytes, field: str) -> None:
    response = server.post("/api/nodes/1/plans", content=body, headers=JSON)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["details"]) == (422, "invalid_input", {"field": field})
    assert f" {field} contains an unpaired surrogate ('" in error["message"]


def test_half_a_surrogate_pair_is_rejected_in_network_options(client: TestClient) -> None:
    body = rb'{"data": {"kind": "digits"}, "network": {"name": "small_vgg", "options": {"\ud800": 1}}}'
    response = client.post("/api/experiments", content=body, headers=JSON)
    assert (response.status_code, "network.options contains an unpaired surrogate" in response.text) == (422, True)


def test_whole_surrogate_pairs_are_accepted(server: TestClient) -> None:
    body = rb'{"rule": "percent", "percent": 5, "note": "\ud83d\ude00"}'
    assert server.post("/api/nodes/1/plans", content=body, headers=JSON).status_code == 201


def test_an_error_message_with_invalid_text_can_be_sent() -> None:
    payload = json.loads(
        bytes(errors.error_response(422, "unusable_data", "File \udcff.png", {"file": "\udcff.png"}).body)
    )
    assert payload["error"]["message"] == "File \udcff.png" and payload["error"]["details"]["file"] == "\udcff.png"


def test_an_unexpected_error_is_logged_but_not_disclosed(
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


def test_health_is_available_before_any_worker(client: TestClient) -> None:
    response = client.get("/api/health").json()
    assert response["status"] == "ok" and response["database"] == "sqlite" and response["device"] is None
