"""What would mislead is told by REST, the client and the command line before an experiment is made.

0.1.0 made all of these experiments without a word.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from fastapi.testclient import TestClient
from safetensors.torch import save_file

from cnnpruner.api.app import create_app
from cnnpruner.cli import create
from cnnpruner.data.factories import register_datasets
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import Experiment, NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.errors import NeedsConfirmation
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.catalogue import register_networks
from cnnpruner.service.workspace import Workspace
from tests.api.in_process_client import in_process
from tests.api.inline_runner import InlineRunner


@pytest.fixture
def inline(workspace: Workspace, tmp_path: Path) -> Iterator[TestClient]:
    """The API with a worker that runs jobs at once, and two checkpoints: with averaged weights, and damaged."""
    register_networks(["softmaxed=tests.third_party:Softmaxed"])
    register_datasets(["overlap=tests.data.factories.odd_datasets:overlapping"])
    plain, averaged = (
        build_network(NetworkSource(name="small_vgg"), 10, 1, 8, seed=seed).state_dict() for seed in (1, 2)
    )
    torch.save({"state_dict": plain, "state_dict_ema": averaged}, tmp_path / "w.pth.tar")
    save_file(averaged, tmp_path / "averaged.safetensors")
    (tmp_path / "page.pt").write_text("<!doctype html><title>Sign in</title>")
    runner = InlineRunner(workspace.store, workspace.config.data)
    with TestClient(create_app(replace(workspace, runner=runner)), base_url="http://127.0.0.1") as client:
        yield client
    factories.register({})
    register_datasets([])


SOFTMAXED: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"name": "softmaxed"}}
OVERLAPPING: dict[str, Any] = {"data": {"kind": "factory", "name": "overlap"}, "network": {"name": "small_vgg"}}
WARNINGS = [
    (SOFTMAXED, "they sum to 1 (softmax at"),
    (OVERLAPPING, "40 of 40 selection images are also training images"),
]


def inspect(client: TestClient, body: dict[str, Any]) -> NetworkReport:
    job = client.post("/api/inspections", json=body).json()
    return NetworkReport.model_validate(client.get(f"/api/inspections/{job['id']}").json())


@pytest.mark.parametrize(("body", "words"), WARNINGS)
def test_an_inspection_begins_with_the_warnings(inline: TestClient, body: dict[str, Any], words: str) -> None:
    report = inspect(inline, body)
    (warning,) = report.warnings
    assert words in warning and report.sentences[0] == warning


@pytest.mark.parametrize(("body", "words"), WARNINGS)
def test_an_experiment_is_not_made_if_the_request_stops_on_warnings(
    inline: TestClient, body: dict[str, Any], words: str
) -> None:
    response = inline.post("/api/experiments", json=body | {"stop_on_warnings": True})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (409, "needs_confirmation")
    (warning,) = error["details"]["warnings"]
    assert words in warning and error["message"].startswith(warning)
    assert inline.get("/api/experiments").json() == []
    with pytest.raises(NeedsConfirmation, match="Nothing was created"):
        in_process(inline).create(body | {"stop_on_warnings": True})
    made = Experiment.model_validate(inline.post("/api/experiments", json=body).json())
    assert made.notices[0] == warning


def test_without_warnings_the_experiment_is_made(inline: TestClient) -> None:
    body = {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "stop_on_warnings": True}
    assert inline.post("/api/experiments", json=body).status_code == 201


def run_create(monkeypatch: pytest.MonkeyPatch, client: TestClient, *arguments: str) -> int:
    monkeypatch.setattr(create, "Client", lambda _: in_process(client))
    parser = argparse.ArgumentParser()
    create.add_arguments(parser)
    return create.run(parser.parse_args([*arguments, "--server", "http://nowhere"]))


def test_the_command_line_creates_nothing_without_consent(
    inline: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--data", "overlap", "--network", "small_vgg")
    assert run_create(monkeypatch, inline, *arguments) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("warning: 40 of 40 selection images") and "add --accept-warnings" in errors
    assert inline.get("/api/experiments").json() == []
    assert run_create(monkeypatch, inline, *arguments, "--accept-warnings") == 0
    assert "note: 40 of 40 selection images" in capsys.readouterr().out


CHECKPOINT: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}}


def test_averaged_weights_are_offered_used_and_recorded(inline: TestClient) -> None:
    body = CHECKPOINT | {"weights": {"path": "w.pth.tar"}}
    report = inspect(inline, body)
    assert [(weights.key, weights.averaged, weights.used) for weights in report.weights] == [
        ("state_dict", False, False),
        ("state_dict_ema", True, True),
    ]
    assert any("`state_dict_ema` is used, because averaged weights" in sentence for sentence in report.sentences)
    made = inline.post("/api/experiments", json=body).json()
    assert made["weights"]["key"] == "state_dict_ema"
    assert any("contains 2 sets of weights" in notice for notice in made["notices"])
    plain = inline.post("/api/experiments", json=CHECKPOINT | {"weights": {"path": "w.pth.tar", "key": "state_dict"}})
    assert plain.json()["weights"]["key"] == "state_dict"


def test_an_unknown_key_and_a_file_of_another_kind_are_refused_before_anything_is_made(inline: TestClient) -> None:
    for weights, words in (
        ({"path": "w.pth.tar", "key": "ema"}, "choose one of: `state_dict`, `state_dict_ema`"),
        ({"path": "page.pt"}, "page.pt is a web page"),
    ):
        response = inline.post("/api/experiments", json=CHECKPOINT | {"weights": weights})
        assert (response.status_code, response.json()["error"]["code"]) == (422, "unreadable_weights")
        assert words in response.json()["error"]["message"]
    response = inline.post("/api/experiments", json=CHECKPOINT | {"weights": {"key": "ema", "train": {}}})
    assert response.status_code == 422 and "`key` selects weights in the checkpoint" in str(response.json())
    assert inline.get("/api/experiments").json() == []


def test_the_command_line_passes_the_key(inline: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--data", "digits", "--network", "small_vgg", "--weights", "w.pth.tar", "--weights-key", "state_dict")
    assert run_create(monkeypatch, inline, *arguments) == 0
    assert inline.get("/api/experiments").json()[0]["weights"]["key"] == "state_dict"


def test_checkpoints_of_all_usual_endings_are_listed(inline: TestClient, tmp_path: Path) -> None:
    """0.1.0 listed .pt, .pth, .th and .safetensors."""
    for name in ("last.ckpt", "pytorch_model.bin", "w.pt.tar", "archive.tar"):
        (tmp_path / name).write_bytes(b"x")
    entries = inline.get("/api/data").json()["entries"]
    listed = {entry["path"] for entry in entries if entry["kind"] == "checkpoint"}
    assert listed == {"last.ckpt", "pytorch_model.bin", "w.pt.tar", "w.pth.tar", "averaged.safetensors", "page.pt"}
