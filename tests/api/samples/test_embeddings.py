"""Maps of samples over REST."""

from dataclasses import replace

from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.service.workspace import Workspace
from tests.api.inline_runner import InlineRunner
from tests.digits_node import add_ready_root


def test_a_map_is_missing_until_its_job_is_done(workspace: Workspace) -> None:
    root = add_ready_root(workspace.store)
    workspace = replace(workspace, runner=InlineRunner(workspace.store))
    with TestClient(create_app(workspace), base_url="http://127.0.0.1") as client:
        not_found = client.get(f"/api/nodes/{root}/embedding")
        assert not_found.status_code == 404
        assert not client.get(f"/api/nodes/{root}").json()["laid_out"]
        assert "POST" in not_found.json()["error"]["message"]

        created = client.post(f"/api/nodes/{root}/embedding")
        assert (created.status_code, created.json()["kind"]) == (202, "embedding")
        job = client.get(f"/api/jobs/{created.json()['id']}").json()
        assert (job["state"], job["error"]) == ("done", None)

        result = client.get(f"/api/nodes/{root}/embedding").json()
        assert len(result["x"]) == len(result["y"]) == len(result["label"]) == result["images"] > 300
        again = client.post(f"/api/nodes/{root}/embedding")
        assert (again.status_code, again.json()) == (200, result)
        assert client.get(f"/api/nodes/{root}").json()["laid_out"]
    kinds = [event.kind for event in workspace.store.events.after(0)]
    assert "embedding" not in kinds, "frames go when the map is there"


def test_a_map_is_computed_by_one_job_and_cancelling_it_removes_its_frames(
    client: TestClient, workspace: Workspace
) -> None:
    root = add_ready_root(workspace.store)
    first = client.post(f"/api/nodes/{root}/embedding").json()
    assert client.post(f"/api/nodes/{root}/embedding").json()["id"] == first["id"]
    claimed = workspace.store.jobs.claim("interactive", "test")
    assert claimed is not None
    frame = _frame(root)
    for iteration in (20, 40):
        moved = frame.model_copy(update={"iteration": iteration})
        assert workspace.store.embeddings.publish_frame(claimed.id, claimed.attempt, moved)
    frames = [event for event in workspace.store.events.after(0) if event.kind == "embedding"]
    assert len(frames) == 1
    assert '"iteration":40' in frames[0].data
    assert not workspace.store.embeddings.publish_frame(claimed.id, claimed.attempt + 1, frame)
    assert client.post(f"/api/jobs/{claimed.id}/cancel").json()["state"] == "cancelled"
    assert not [event for event in workspace.store.events.after(0) if event.kind == "embedding"]
    assert client.get(f"/api/nodes/{root}/embedding").status_code == 404


def _frame(node_id: int) -> EmbeddingFrame:
    return EmbeddingFrame(node_id=node_id, iteration=1, iterations=300, sample=[0, 1], x=[0.0, 1.0], y=[1.0, 0.0])
