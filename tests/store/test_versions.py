"""Versions tell which of two copies of a row is newer."""

import json

from cnnpruner.store import Store
from tests.store.test_nodes import CONTENT, JOB, make_ready
from tests.values import new_node


def event_versions(store: Store, kind: str) -> list[int]:
    """The versions in the stored events of a kind."""
    return [json.loads(event.data)[kind]["version"] for event in store.events.after(0) if event.kind == kind]


def test_every_change_of_a_job_and_its_node_increases_the_version(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), JOB)
    waiting = store.jobs.get(job_id)
    job = store.jobs.claim("training", "w")
    assert job is not None and job.version > waiting.version
    assert store.nodes.get(node.id).version > node.version
    assert store.jobs.report_progress(job_id, job.attempt, 0.5, "half", None)
    half = store.jobs.get(job_id)
    assert half.version > job.version
    store.jobs.cancel(job_id)
    assert store.jobs.get(job_id).version > half.version
    assert event_versions(store, "job") == [store.jobs.get(job_id).version]


def test_changing_a_note_increases_the_version_of_a_plan(store: Store, experiment_id: int) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    plan = store.plans.add(node_id, None, "", CONTENT)
    noted = store.plans.change(plan.id, {"note": "why"}, None)
    assert (noted.revision, noted.version) == (plan.revision, plan.version + 1)
    assert event_versions(store, "plan") == [noted.version]
