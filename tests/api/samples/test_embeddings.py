"""Maps of samples over REST."""

from dataclasses import replace

from fastapi.testclient import TestClient

from cnnpruner.api.app import create_app
from cnnpruner.domain.samples.embeddings import EmbeddingFrame
from cnnpruner.service.workspace import Workspace
from tests.api.inline import InlineRunner
from tests.digits_node import add_ready_root


def test_a_map_is_missing_then_made_by_a_job_then_there(workspace: Workspace) -> None:
    root = add_ready_root(workspace.store)
    workspace = replace(workspace, runner=InlineRunner(workspace.store))
    with TestClient(create_app(workspace), base_url="http://127.0.0.1") as client:
        missing = client.get(f"/api/nodes/{root}/embedding")
        assert missing.status_code == 404
        assert not client.get(f"/api/nodes/{root}").json()["laid_out"]
        assert "POST" in missing.json()["error"]["message"]

        made = client.post(f"/api/nodes/{root}/embedding")
        assert (made.status_code, made.json()["kind"]) == (202, "embedding")
        job = client.get(f"/api/jobs/{made.json()['id']}").json()
        assert (job["state"], job["error"]) == ("done", None)

        found = client.get(f"/api/nodes/{root}/embedding").json()
        assert len(found["x"]) == len(found["y"]) == len(found["label"]) == found["images"] > 300
        again = client.post(f"/api/nodes/{root}/embedding")
        assert (again.status_code, again.json()) == (200, found)
        assert client.get(f"/api/nodes/{root}").json()["laid_out"]
    kinds = [event.kind for event in workspace.store.events.after(0)]
    assert "embedding" not in kinds, "frames go when the map is there"


def test_a_map_in_the_making_is_not_begun_twice_and_its_frames_go_with_it(
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
