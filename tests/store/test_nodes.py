"""Nodes, plans, events and experiments in a real SQLite file."""

import json
from typing import Any

import numpy as np
import pytest

from cnnpruner.domain.jobs import PruneJob
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import Conflict, NotFound
from cnnpruner.store import Store
from tests.values import checked_experiment, epoch, new_node, node_result

JOB = PruneJob(units=[])
CONTENT: dict[str, Any] = {
    "rule": {"rule": "filters", "filters": {"a": [1]}},
    "filters": {"a": [1]},
    "units": [1],
    "budget": None,
    "reached": 1,
    "notes": [],
    "now": {"filters": 10, "parameters": 100, "macs": 1000, "size_bytes": 500},
    "cost": {"filters": 9, "parameters": 90, "macs": 900, "size_bytes": 450},
    "shares": {
        "filters": 0.1, "sensitivity": None, "instability": None, "parameters": 0.1, "macs": 0.1, "size_bytes": 0.1,
    },
}  # fmt: skip


def make_ready(store: Store, experiment_id: int, parent_id: int | None, predicted: list[int]) -> int:
    node, job_id = store.nodes.add(new_node(experiment_id, parent_id), JOB)
    job = store.jobs.claim("training", "w")
    assert job and job.id == job_id
    assert store.epochs.add(job_id, job.attempt, node.id, epoch(0))
    assert store.nodes.finish(job_id, job.attempt, node_result(predicted))
    return node.id


def test_numbers_increase_and_are_never_reused(store: Store, experiment_id: int) -> None:
    first, job_id = store.nodes.add(new_node(experiment_id), JOB)
    store.jobs.cancel(job_id)
    second, _ = store.nodes.add(new_node(experiment_id, first.id), JOB)
    assert (first.number, second.number) == (0, 1)
    assert store.experiments.get(experiment_id).nodes == 2


def test_finishing_makes_the_node_ready_and_the_job_done(store: Store, experiment_id: int) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    node = store.nodes.get(node_id)
    assert (node.state, node.accuracy, node.correct, node.loss) == ("ready", 0.75, 3, 0.25)
    assert node.job_id and store.jobs.get(node.job_id).state == "done"
    assert node.accuracy_interval and node.accuracy_interval.low < 0.75 < node.accuracy_interval.high
    assert store.nodes.layers(node_id) == checked_experiment().layers
    scores = store.nodes.scores(node_id, "taylor")
    assert scores and scores.score[0] == 0.5 and np.isnan(scores.score[1]) and scores.batches == 50
    predictions = store.nodes.predictions(node_id)
    assert predictions and predictions.predicted.tolist() == [0, 0, 1, 0]


def test_a_failing_finish_changes_nothing(store: Store, experiment_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), JOB)
    job = store.jobs.claim("training", "w")
    assert job

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("cnnpruner.store.blobs.put", full)
    with pytest.raises(OSError, match="no space"):
        store.nodes.finish(job_id, job.attempt, node_result([0, 0, 1, 1]))
    assert (store.nodes.get(node.id).state, store.jobs.get(job_id).state) == ("running", "running")
    assert store.nodes.get(node.id).correct is None


def test_degraded_and_improved_are_counted_against_the_parent(store: Store, experiment_id: int) -> None:
    root = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    child = store.nodes.get(make_ready(store, experiment_id, root, [0, 1, 0, 1]))
    assert (child.degraded, child.improved, child.compression) == (2, 1, 0.0)


def test_an_applied_plan_cannot_be_changed(store: Store, experiment_id: int) -> None:
    root = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    plan, other = store.plans.add(root, None, "", CONTENT), store.plans.add(root, None, "why", CONTENT)
    assert (plan.name, other.name, plan.revision) == ("A", "B", 1)
    assert store.plans.change(plan.id, {"name": "mine"}, CONTENT).revision == 2
    child, _ = store.nodes.add(new_node(experiment_id, root), JOB)
    store.plans.mark_applied(plan.id, child.id, "done")
    for attempt in (lambda: store.plans.change(plan.id, {}, CONTENT), lambda: store.plans.remove(plan.id)):
        with pytest.raises(Conflict, match="created node 1 and can no longer be changed"):
            attempt()
    assert store.plans.get(plan.id).child_id == child.id
    store.plans.remove(other.id)
    assert [draft.id for draft in store.plans.list(root)] == [plan.id]


def test_a_failing_transaction_changes_nothing(store: Store, experiment_id: int) -> None:
    with pytest.raises(NotFound), store.transaction():
        store.nodes.add(new_node(experiment_id), JOB)
        store.plans.mark_applied(77, 1, "")
    assert store.nodes.list(experiment_id) == []
    assert store.jobs.list(experiment_id) == []
    assert store.events.after(0, experiment_id) == []


def test_the_event_log_has_only_the_newest_event_of_each_kind(store: Store, experiment_id: int) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    events = store.events.after(0, experiment_id)
    assert sorted(event.kind for event in events) == ["epoch", "experiment", "job", "node"]
    node = next(json.loads(event.data)["node"] for event in events if event.kind == "node")
    assert (node["id"], node["state"]) == (node_id, "ready")
    assert [event.id for event in events] == sorted(event.id for event in events)
    assert store.events.after(store.events.last_id()) == []


def test_deleting_an_experiment_deletes_all_its_rows(store: Store, experiment_id: int) -> None:
    root = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    store.plans.add(root, None, "", CONTENT)
    make_ready(store, experiment_id, root, [0, 0, 1, 1])
    store.experiments.remove(experiment_id)
    assert store.experiments.list() == [] and store.jobs.list(experiment_id) == []
    with pytest.raises(NotFound, match=f"no node {root}"):
        store.nodes.get(root)
    assert store.events.after(0) == []


def test_splits_are_read_as_they_were_stored(store: Store, experiment_id: int) -> None:
    stored, expected = store.experiments.splits(experiment_id), checked_experiment().splits
    assert stored.train.tolist() == expected.train.tolist() and stored.test.tolist() == expected.test.tolist()
    assert (stored.rule, stored.selection_pool) == (expected.rule, expected.selection_pool)
    root = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    value: Experiment = store.experiments.get(experiment_id)
    assert value.root_id == root
    assert value.training.epochs == 3 and value.classes == ["a", "b"]
