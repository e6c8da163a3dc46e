"""Servers in this process, and the tree that is transferred between them."""

from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.config import Config
from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.suggestions import Candidate, NewSuggestion, SearchState
from cnnpruner.domain.tree.autopilots import NewAutopilot
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.inline_runner import InlineRunner
from tests.digits_node import add_ready_root

ESTIMATE = {
    "target_accuracy": 0.9,
    "keep": 300,
    "remove": 90,
    "percent": 12.5,
    "change": 0.2,
    "interpolated": 300,
    "interpolation_reason": None,
    "forecast": None,
    "forecast_reason": "too few nodes",
}


ACCURACY = {"accuracy": 0.9, "correct": 90, "images": 100, "interval": {"low": 0.83, "high": 0.95}}
CANDIDATE = {
    "rule": {"rule": "target", "metric": "macs", "value": 1000, "criterion": "l1", "floor": 0.1},
    "origin": "order",
    "cost": {"filters": 100, "parameters": 900, "macs": 990, "size_bytes": 3600},
    "widths": {"stem": 5},
    "loss": 0.25,
    "images": 100,
    "raw": ACCURACY,
    "recalibrated": None,
    "reconstructed": ACCURACY,
    "unseen": ACCURACY,
    "state": "best",
}


class Server:
    """The API over its own store, with a worker in this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        config = Config(f"sqlite:///{folder / 'e.db'}", folder / "models", (folder,), "127.0.0.1", 0, False, False)
        self.store = open_store(config.database, config.models)
        self.runner = InlineRunner(self.store)
        self.workspace = Workspace(config, self.store, self.runner, Broadcast(self.store))
        app = create_app(self.workspace)
        self.api = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    def get(self, path: str) -> Any:
        response = self.api.get(f"/api{path}")
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self.api.post(f"/api{path}", json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def open(self, data: bytes) -> Any:
        return self.api.post("/api/bundles", content=data, headers={"Content-Type": "application/zip"})

    def train(self) -> None:
        """Runs all waiting jobs of the training queue."""
        while self.runner.workspace.run_next("training"):
            pass

    def files(self) -> set[str]:
        """Returns all paths in its model store."""
        models = self.workspace.config.models
        return {str(path.relative_to(models)) for path in models.rglob("*")}


def grow(server: Server) -> None:
    """Makes three nodes in experiment 1: node 1 has been deleted, node 3 is waiting."""
    root = add_ready_root(server.store)
    np.save(server.store.files.pictures_path(1), np.zeros((server.get(f"/nodes/{root}")["images"], 8, 8, 1), np.uint8))
    short = {"training": {"epochs": 1, "images": 64, "teacher": "root", "ema": 0.9}, "note": "half of it"}
    gone = server.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 10, "criterion": "l1"})
    server.post(f"/plans/{gone['id']}/apply", short)
    server.train()
    half = server.post(f"/nodes/{root}/plans", {"rule": "percent", "percent": 50, "criterion": "l1"})
    child = server.post(f"/plans/{half['id']}/apply", short)["node"]
    server.train()
    server.api.delete(f"/api/nodes/{child['id'] - 1}")
    draft = server.post(f"/nodes/{child['id']}/plans", {"rule": "percent", "percent": 20, "criterion": "l1"})
    server.post(f"/plans/{draft['id']}/preview")
    add_suggestion(server, child["id"])
    server.store.estimates.add(1, child["id"], ESTIMATE | {"from_id": root, "good_id": root, "bad_id": child["id"]})
    server.store.autopilots.add(1, root, NewAutopilot(kind="automatic", target_accuracy=0.1, start="cut"))
    server.post(f"/nodes/{child['id']}/controls", {"kind": "l1"})
    server.api.patch(f"/api/nodes/{child['id']}", json={"note": "<b>kept</b> ü", "starred": True})


def add_suggestion(server: Server, node_id: int) -> None:
    """Stores a suggestion with one plan, as a search leaves it that was stopped."""
    new = NewSuggestion(goal=CostGoal(metric="macs", value=1000))
    suggestion = server.store.suggestions.add(1, node_id, new)
    state = SearchState(candidates=[Candidate.model_validate(CANDIDATE)], exchanges=3, gains=1, elapsed_s=8.5)
    job = server.store.jobs.add(NewJob(SuggestionJob(suggestion_id=suggestion.id), 1, node_id))
    leased = server.store.jobs.claim("training", "worker")
    assert leased is not None and server.store.suggestions.set_state(job.id, leased.attempt, suggestion.id, state)
    server.store.jobs.finish(job.id, leased.attempt, {})


def bundle(server: Server, query: str = "") -> bytes:
    response = server.api.get(f"/api/experiments/1/bundle{query}")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip"), response.text
    return response.content
