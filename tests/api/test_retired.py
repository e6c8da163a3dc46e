"""Paths and clients of earlier versions are answered with what to do instead."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cnnpruner import __version__
from cnnpruner.client.http import HttpClient
from cnnpruner.errors import UpgradeRequired

OLD_CLIENT = {"User-Agent": "Python-urllib/3.11", "Accept": "application/json"}


@pytest.mark.parametrize(
    ("method", "old", "new"),
    [
        ("POST", "/api/nodes/1/walks", "/api/nodes/1/autopilots"),
        ("GET", "/api/experiments/1/walks", "/api/experiments/1/autopilots"),
        ("GET", "/api/walks/7", "/api/autopilots/7"),
        ("POST", "/api/walks/7/stop", "/api/autopilots/7/stop"),
        ("POST", "/api/nodes/7/latency", "/api/nodes/7/latencies"),
    ],
)
def test_a_path_of_0_1_0_is_answered_with_410_and_the_new_path(
    client: TestClient, method: str, old: str, new: str
) -> None:
    response = client.request(method, old)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["details"]) == (410, "gone", {"path": new})
    assert error["message"] == f"{old} was renamed in version 0.2.0; use {new} instead."


def test_the_client_of_0_1_0_is_told_to_upgrade(client: TestClient) -> None:
    response = client.get("/api/experiments", headers=OLD_CLIENT)
    assert response.status_code == 426
    assert f"install cnnpruner {__version__} where your notebook runs" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "headers",
    [
        OLD_CLIENT | {"CNNPruner-Client": __version__},
        {"User-Agent": "Python-urllib/3.11"},
        OLD_CLIENT | {"User-Agent": "notebook"},
    ],
)
def test_other_programs_are_not_affected(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/api/experiments", headers=headers).status_code == 200


def test_the_client_sends_its_version() -> None:
    headers: dict[str, Any] = HttpClient("http://127.0.0.1:1")._headers()
    assert headers["CNNPruner-Client"] == __version__
    assert UpgradeRequired.status == 426
