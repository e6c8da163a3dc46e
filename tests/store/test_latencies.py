"""Nodes of equal structure share one measurement; latencies of earlier versions are unpaired."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from cnnpruner.domain.jobs import LatencyJob, NewJob, PruneJob
from cnnpruner.domain.plans.layers import Layers, Tensor
from cnnpruner.domain.results import MeasuredLatencies
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.store import Store
from cnnpruner.store.rows import NodeRow
from tests.values import empty_layers, latency, new_node, node_result

OF_0_1_0: dict[str, Any] = {"runtime": "eager", "batch": 1, "device": "CPU X", "median_ms": 2.6, "iqr_ms": 0.1}


def layers(width: int) -> Layers:
    """A structure with one convolution of 9 · `width` weights."""
    weight = Tensor(
        name="a.weight", parameter=True, dtype="F32", shape=[width, 1, 3, 3], dims=[None] * 4, positions=1, layer=None
    )
    return empty_layers().model_copy(update={"tensors": [weight]})


@pytest.fixture
def grow(store: Store, experiment_id: int) -> Any:
    """Returns a function that adds a ready node of a width, with the given latencies."""
    root_id: int | None = None

    def add(width: int, *latencies: LatencyDistribution) -> int:
        nonlocal root_id
        node, job_id = store.nodes.add(new_node(experiment_id, root_id), PruneJob(units=[]))
        root_id = root_id or node.id
        job = store.jobs.claim("training", "w")
        assert job and job.id == job_id
        result = replace(node_result([0, 0, 1, 1]), layers=layers(width), latencies=latencies)
        cost = result.cost.model_copy(update={"parameters": 9 * width})
        assert store.nodes.finish(job_id, job.attempt, replace(result, cost=cost))
        return node.id

    return add


def measure(store: Store, node_id: int, *latencies: LatencyDistribution) -> None:
    node = store.nodes.get(node_id)
    store.jobs.add(NewJob(LatencyJob(batches=[1]), node.experiment_id, node.id))
    job = store.jobs.claim("interactive", "w")
    while job and job.kind != "latency":  # the check of the experiment comes first
        job = store.jobs.claim("interactive", "w")
    assert job
    assert store.nodes.add_latency(job.id, job.attempt, MeasuredLatencies(latencies, ()))


def summary(node: Node) -> list[tuple[int, float, float | None, int | None, str]]:
    return [
        (entry.batch, entry.median_ms, entry.ratio, entry.measured_number, entry.reliability) for entry in node.latency
    ]


def make_old(store: Store, node_id: int) -> None:
    """Give a node the content that version 0.1.0 stored."""
    with store.transaction() as session:
        row = session.scalars(select(NodeRow).where(NodeRow.id == node_id)).one()
        row.latency, row.structure = [OF_0_1_0], None


def test_a_measurement_is_stored_on_all_nodes_of_equal_structure_and_names_the_measured_node(
    store: Store, grow: Any
) -> None:
    grow(16, latency(4.0, None))
    first, other, equal = grow(8, latency(2.6)), grow(7, latency(2.0)), grow(8)
    measure(store, equal, latency(5.2, 8.0), latency(40.0, 80.0, batch=32))
    shared = [(1, 5.2, 0.65, 3, "reliable"), (32, 40.0, 0.5, 3, "reliable")]
    assert summary(store.nodes.get(first)) == summary(store.nodes.get(equal)) == shared
    assert summary(store.nodes.get(other)) == [(1, 2.0, 0.5, 2, "reliable")]
    assert store.nodes.get(first).version == store.nodes.get(other).version + 1, "pages must take the new value"


def test_a_new_node_finds_the_latencies_of_its_structure(store: Store, grow: Any, experiment_id: int) -> None:
    grow(16, latency(4.0, None))
    grow(8, latency(2.6))
    assert store.nodes.find_latencies(experiment_id, layers(7)) == []
    [found] = store.nodes.find_latencies(experiment_id, layers(8))
    shared = store.nodes.get(grow(8, found))
    assert summary(shared) == [(1, 2.6, 0.65, 1, "reliable")]


def test_the_blocks_are_stored_but_are_no_part_of_a_node(store: Store, grow: Any) -> None:
    grow(16, latency(4.0, None))
    node_id = grow(8, latency(2.6))
    [distribution] = store.nodes.latencies(node_id)
    assert distribution.block_ms == [2.6] * 20 and distribution.root_block_ms == [4.0] * 20
    assert distribution.summary() == store.nodes.get(node_id).latency[0]


def test_latencies_of_0_1_0_are_unpaired_and_keep_their_milliseconds(store: Store, grow: Any) -> None:
    root_id = grow(16)
    make_old(store, root_id)
    assert summary(store.nodes.get(root_id)) == [(1, 2.6, None, None, "unpaired")]
    [distribution] = store.nodes.latencies(root_id)
    assert (distribution.pairs, distribution.block_ms, distribution.threads) == (0, [], None)


def test_nodes_of_0_1_0_get_the_measurement_of_their_structure_but_share_none_of_their_own(
    store: Store, grow: Any, experiment_id: int
) -> None:
    old_nodes = [grow(16), grow(8), grow(8), grow(7)]
    for node_id in old_nodes:
        make_old(store, node_id)
    assert store.nodes.find_latencies(experiment_id, layers(8)) == []
    measure(store, old_nodes[1], latency(2.0))
    paired, unpaired = [(1, 2.0, 0.5, 1, "reliable")], [(1, 2.6, None, None, "unpaired")]
    root = [(1, 4.0, 1.0, 0, "reliable")]
    assert [summary(store.nodes.get(node_id)) for node_id in old_nodes] == [root, paired, paired, unpaired]


def test_the_root_gets_its_own_time_from_a_run_at_a_setting_that_it_was_not_measured_at(
    store: Store, grow: Any
) -> None:
    root_id = grow(16, latency(4.4, None))
    node_id = grow(8, latency(2.6))
    measure(store, node_id, latency(2.0), latency(40.0, 80.0, batch=32))
    assert summary(store.nodes.get(root_id)) == [(1, 4.4, 1.0, 0, "reliable"), (32, 80.0, 1.0, 0, "reliable")]


def test_a_measurement_of_the_roots_structure_has_ratio_1_and_is_shared_with_the_root(store: Store, grow: Any) -> None:
    root_id, equal = grow(16, latency(4.4, None)), grow(16)
    measure(store, equal, latency(4.0, None))
    assert summary(store.nodes.get(root_id)) == summary(store.nodes.get(equal)) == [(1, 4.0, 1.0, 1, "reliable")]


def test_the_measurement_remains_when_the_measured_node_is_deleted(store: Store, grow: Any) -> None:
    grow(16, latency(4.0, None))
    measured_node, equal = grow(8, latency(2.6)), grow(8)
    measure(store, measured_node, latency(2.0))
    store.branches.remove(store.nodes.get(measured_node).experiment_id, measured_node)
    assert summary(store.nodes.get(equal)) == [(1, 2.0, 0.5, 1, "reliable")]
