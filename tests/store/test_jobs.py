"""The job queue."""

import multiprocessing
from pathlib import Path

from cnnpruner.domain.base import ErrorBody
from cnnpruner.domain.jobs import NewJob, PreviewJob, PruneJob, ScoreJob
from cnnpruner.store import Store, open_store
from cnnpruner.store.jobs import MAX_ATTEMPTS_WITHOUT_PROGRESS, MAX_USER_CODE_ATTEMPTS
from tests.values import epoch, new_node

PRUNE = PruneJob(units=[1])
ERROR = ErrorBody(code="invalid_input", message="It broke; fix it.", details={})


def _claim_all(url: str, models: Path, worker: str, claimed: "multiprocessing.Queue[int]") -> None:
    store = open_store(url, models, migrate=False)
    while (job := store.jobs.claim("training", worker)) is not None:
        claimed.put(job.id)
    store.close()


def test_each_job_is_claimed_once_by_four_processes(store: Store, tmp_path: Path) -> None:
    expected = [store.jobs.add(NewJob(PRUNE)).id for _ in range(60)]
    context = multiprocessing.get_context("spawn")
    claimed: multiprocessing.Queue[int] = context.Queue()
    url = f"sqlite:///{tmp_path / 'experiments.db'}"
    arguments = [(url, tmp_path / "models", f"worker {i}", claimed) for i in range(4)]
    processes = [context.Process(target=_claim_all, args=process_arguments) for process_arguments in arguments]
    for process in processes:
        process.start()
    claimed_ids = sorted(claimed.get(timeout=60) for _ in expected)
    for process in processes:
        process.join(30)
    assert claimed_ids == expected
    assert [process.exitcode for process in processes] == [0] * 4
    assert claimed.empty()


def test_each_queue_returns_its_own_jobs_oldest_first(store: Store) -> None:
    first, second = store.jobs.add(NewJob(PRUNE)), store.jobs.add(NewJob(PRUNE))
    preview = store.jobs.add(NewJob(PreviewJob(revision=1)))
    order = [store.jobs.claim("training", "w"), store.jobs.claim("interactive", "w"), store.jobs.claim("training", "w")]
    assert [job.id for job in order if job] == [first.id, preview.id, second.id]
    assert store.jobs.claim("training", "w") is None


def test_a_stale_attempt_cannot_write(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    old = store.jobs.claim("training", "dead")
    store.jobs.requeue_lost_jobs(lambda worker: worker != "dead")
    new = store.jobs.claim("training", "alive")
    assert old and new and (old.attempt, new.attempt) == (1, 2)
    assert not store.epochs.add(job_id, old.attempt, node.id, epoch(0))
    assert not store.jobs.report_progress(job_id, old.attempt, 0.5, "stale", None)
    assert not store.jobs.fail(job_id, old.attempt, ERROR)
    assert not store.jobs.finish(job_id, old.attempt, {})
    assert store.epochs.list(node.id) == []
    assert store.epochs.add(job_id, new.attempt, node.id, epoch(0))
    assert store.jobs.get(job_id).state == "running"


def test_three_attempts_without_an_epoch_fail_the_job_and_its_node(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    for _ in range(MAX_ATTEMPTS_WITHOUT_PROGRESS):
        assert store.jobs.get(job_id).state == "waiting"
        store.jobs.claim("training", "dead")
        store.jobs.requeue_lost_jobs(lambda _: False)
    job, failed = store.jobs.get(job_id), store.nodes.get(node.id)
    assert (job.state, failed.state) == ("failed", "failed")
    assert job.error and job.error.code == "worker_lost" and failed.error == job.error


def test_a_user_defined_criterion_that_crashes_two_workers_is_named(store: Store) -> None:
    user_defined = ScoreJob(criterion="own:power=2", source="own.py", key="own@12")
    built_in = ScoreJob(criterion="l1", source=None, key="l1")
    jobs = [store.jobs.add(NewJob(inputs)).id for inputs in (user_defined, built_in)]
    for _ in range(MAX_USER_CODE_ATTEMPTS):
        for _ in jobs:
            store.jobs.claim("interactive", "dead")
        store.jobs.requeue_lost_jobs(lambda _: False)
    failed, requeued = (store.jobs.get(job_id) for job_id in jobs)
    assert (failed.state, requeued.state) == ("failed", "waiting")
    assert failed.error and (failed.error.code, failed.error.details) == (
        "invalid_input",
        {"criterion": user_defined.criterion},
    )
    assert (
        "computing scores with criterion own:power=2 in own.py. The criterion probably crashes" in failed.error.message
    )


def test_a_finished_epoch_resets_the_count_of_attempts(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    for number in range(5):
        job = store.jobs.claim("training", "dead")
        assert job and store.epochs.add(job_id, job.attempt, node.id, epoch(number))
        store.jobs.requeue_lost_jobs(lambda _: False)
    assert store.jobs.get(job_id).state == "waiting"
    assert [finished.epoch for finished in store.epochs.list(node.id)] == [0, 1, 2, 3, 4]


def test_living_workers_keep_their_jobs(store: Store) -> None:
    job = store.jobs.add(NewJob(PRUNE))
    store.jobs.claim("training", "alive")
    assert store.jobs.requeue_lost_jobs(lambda worker: worker == "alive") == []
    assert store.jobs.get(job.id).state == "running"


def test_cancel_is_final_and_marks_the_node(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    job = store.jobs.claim("training", "w")
    assert job and store.nodes.get(node.id).state == "running"
    assert store.jobs.cancel(job_id).state == "cancelled"
    assert not store.jobs.fail(job_id, job.attempt, ERROR)
    assert store.jobs.cancel(job_id).state == "cancelled"
    assert (store.jobs.get(job_id).state, store.nodes.get(node.id).state) == ("cancelled", "cancelled")
    assert store.jobs.claim("training", "w") is None


def test_a_repeated_epoch_is_stored_once(store: Store, experiment_id: int) -> None:
    node, job_id = store.nodes.add(new_node(experiment_id), PRUNE)
    job = store.jobs.claim("training", "w")
    assert job
    for number in (0, 1, 1):
        assert store.epochs.add(job_id, job.attempt, node.id, epoch(number, accuracy=number / 2))
    assert [finished.epoch for finished in store.epochs.list(node.id)] == [0, 1]
    live = store.nodes.get(node.id)
    assert (live.accuracy_low, live.accuracy_high, live.epochs) == (0.0, 0.5, 1)
