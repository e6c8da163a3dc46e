"""MACs of trees made before all operations were counted are counted anew, once, and the experiment says so."""

from pathlib import Path

from sqlalchemy import create_engine, text

from cnnpruner.domain.jobs import Job, MacCountJob, NewJob
from cnnpruner.domain.plans.layers import CountedOperation
from cnnpruner.domain.results import MacCount
from cnnpruner.store import Store
from tests.store.test_nodes import CONTENT, make_ready

ATTENTION = CountedOperation(name="matmul", location="at net.py:3", macs=5000, layer=None)


def make_outdated(folder: Path, experiment_id: int) -> None:
    """What a migration from version 0.2.0 leaves."""
    engine = create_engine(f"sqlite:///{folder / 'experiments.db'}")
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE experiments SET macs_counted = 0 WHERE id = {experiment_id}"))
    engine.dispose()


def claim_count(store: Store, experiment_id: int) -> Job:
    store.jobs.add(NewJob(MacCountJob(), experiment_id))
    while True:
        job = store.jobs.claim("interactive", "w")
        assert job is not None
        if job.kind == "mac_count":
            return job


def test_new_experiments_need_no_new_count(store: Store, experiment_id: int) -> None:
    make_ready(store, experiment_id, None, [0, 0, 1, 0])
    assert store.experiments.get(experiment_id).macs_counted
    assert store.mac_counts.find_outdated_experiments() == []


def test_counts_reach_every_node_structure_and_plan_and_the_experiment_says_so(
    store: Store, experiment_id: int, tmp_path: Path
) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    plan = store.plans.add(node_id, "A", "", CONTENT)
    macs = store.nodes.get(node_id).macs
    assert macs is not None
    make_outdated(tmp_path, experiment_id)
    assert store.mac_counts.find_outdated_experiments() == [experiment_id]
    job = claim_count(store, experiment_id)
    assert store.mac_counts.find_outdated_experiments() == [], "it has a job"
    assert store.mac_counts.store(job.id, job.attempt, MacCount((ATTENTION,), ("_fft_r2c in fft at net.py:9",), None))

    assert store.nodes.get(node_id).macs == macs + 5000
    for layers in (store.nodes.layers(node_id), store.experiments.root_layers(experiment_id)):
        assert layers.operations == [ATTENTION] and layers.uncounted == ["_fft_r2c in fft at net.py:9"]
    counted_plan = store.plans.get(plan.id)
    assert (counted_plan.now.macs, counted_plan.cost.macs) == (6000, 5900)
    assert counted_plan.shares.macs == 1 - 5900 / 6000
    experiment = store.experiments.get(experiment_id)
    assert experiment.macs_counted
    assert f"the unpruned network now has {macs + 5000:,} MACs per image instead of {macs:,}." in experiment.notices[-1]
    assert store.mac_counts.find_outdated_experiments() == []
    assert not store.mac_counts.store(job.id, job.attempt, MacCount((ATTENTION,), (), None)), "the job is done"


def test_equal_counts_change_nothing_and_need_no_notice(store: Store, experiment_id: int, tmp_path: Path) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    macs, notices = store.nodes.get(node_id).macs, store.experiments.get(experiment_id).notices
    make_outdated(tmp_path, experiment_id)
    job = claim_count(store, experiment_id)
    assert store.mac_counts.store(job.id, job.attempt, MacCount((), (), None))
    assert store.nodes.get(node_id).macs == macs
    assert store.experiments.get(experiment_id).notices == notices


def test_a_network_that_cannot_be_built_keeps_its_counts_and_a_notice_says_why(
    store: Store, experiment_id: int, tmp_path: Path
) -> None:
    node_id = make_ready(store, experiment_id, None, [0, 0, 1, 0])
    macs = store.nodes.get(node_id).macs
    make_outdated(tmp_path, experiment_id)
    job = claim_count(store, experiment_id)
    assert store.mac_counts.store(job.id, job.attempt, MacCount((), (), "There is no network net."))
    assert store.nodes.get(node_id).macs == macs
    [*earlier, notice] = store.experiments.get(experiment_id).notices
    assert "because the network cannot be built: There is no network net." in notice
    assert store.mac_counts.find_outdated_experiments() == [experiment_id], "the server tries again at its next start"
    job = claim_count(store, experiment_id)
    assert store.mac_counts.store(job.id, job.attempt, MacCount((ATTENTION,), (), None))
    [*still_earlier, notice] = store.experiments.get(experiment_id).notices
    assert still_earlier == earlier and "were counted again" in notice
