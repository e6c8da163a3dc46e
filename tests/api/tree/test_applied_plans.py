"""An applied plan never changes, not even by a preview; an incomplete preview is measured again."""

from fastapi.testclient import TestClient

from cnnpruner.domain.base import Accuracy, ErrorBody, Interval
from cnnpruner.domain.plans.plans import ClassChange, Preview
from cnnpruner.service.workspace import Workspace
from tests.trees import make_small_tree


def measured(plan_id: int) -> Preview:
    """A preview of the plan's first revision."""
    half = Accuracy(accuracy=0.5, correct=5, images=10, interval=Interval(low=0.2, high=0.8))
    worst = ClassChange(label=0, accuracy_before=0.5, accuracy_after=0.5, flipped=[])
    return Preview(
        plan_id=plan_id,
        removed_filters=1,
        revision=1,
        before=half,
        raw=half,
        recalibrated=half,
        reconstructed=half,
        reconstruction=None,
        has_batch_norm=False,
        worst=worst,
        broken_limits=[],
        seconds=1.0,
    )


def finish_preview(workspace: Workspace, plan_id: int) -> None:
    """Finishes the waiting preview job as a worker would."""
    job = workspace.store.jobs.claim("interactive", "worker")
    assert job is not None and job.kind == "preview" and job.plan_id == plan_id
    assert workspace.store.plans.set_preview(job.id, job.attempt, measured(plan_id))
    assert workspace.store.jobs.get(job.id).result == measured(plan_id).model_dump(mode="json")


def draft(client: TestClient, workspace: Workspace) -> tuple[int, str]:
    """Returns a draft's id and path."""
    small_tree = make_small_tree(workspace.store)
    plan = client.post(f"/api/nodes/{small_tree.root_id}/plans", json={"rule": "percent", "percent": 20}).json()
    return plan["id"], f"/api/plans/{plan['id']}"


def test_an_applied_plan_without_a_preview_cannot_be_previewed(client: TestClient, workspace: Workspace) -> None:
    _, path = draft(client, workspace)
    client.post(f"{path}/apply")
    response = client.post(f"{path}/preview")
    assert response.status_code == 409 and "Plan A has been applied" in response.text
    assert not [job for job in workspace.store.jobs.list() if job.kind == "preview"]


def test_an_applied_plan_still_returns_its_preview(client: TestClient, workspace: Workspace) -> None:
    plan_id, path = draft(client, workspace)
    assert client.post(f"{path}/preview").status_code == 202
    finish_preview(workspace, plan_id)
    client.post(f"{path}/apply")
    before = client.get(path).json()
    response = client.post(f"{path}/preview")
    assert (response.status_code, response.json()) == (200, before["preview"])
    assert client.get(path).json() == before


def test_a_preview_whose_job_failed_after_the_quick_reconstruction_is_measured_again(
    client: TestClient, workspace: Workspace
) -> None:
    plan_id, path = draft(client, workspace)
    client.post(f"{path}/preview")
    job = workspace.store.jobs.claim("interactive", "worker")
    assert job is not None and workspace.store.plans.publish_preview(job.id, job.attempt, measured(plan_id))
    error = ErrorBody(code="out_of_memory", message="The memory is used up.", details={})
    assert workspace.store.jobs.fail(job.id, job.attempt, error)
    response = client.post(f"{path}/preview")
    assert response.status_code == 202 and response.json()["id"] != job.id
    finish_preview(workspace, plan_id)
    assert client.post(f"{path}/preview").status_code == 200


def test_a_preview_that_ends_after_the_plan_was_applied_does_not_change_it(
    client: TestClient, workspace: Workspace
) -> None:
    plan_id, path = draft(client, workspace)
    client.post(f"{path}/preview")
    client.post(f"{path}/apply")
    before = client.get(path).json()
    finish_preview(workspace, plan_id)
    assert client.get(path).json() == before and before["preview"] is None
