"""The broadcast that feeds event streams."""

import asyncio
import json

import pytest

from cnnpruner.api.dependencies import MAX_ID
from cnnpruner.api.events import _parse_event_id
from cnnpruner.domain.jobs import PruneJob
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import StoredEvent
from cnnpruner.store.events import Events
from tests.values import EXPERIMENT_CHECK, checked_experiment, epoch, experiment_value, new_node

JOB = PruneJob(units=[])


@pytest.fixture
def node_and_job(workspace: Workspace) -> tuple[int, int]:
    job = workspace.store.jobs.add(EXPERIMENT_CHECK)
    workspace.store.experiments.store_check_result(job.id, checked_experiment())
    experiment_id = workspace.store.experiments.add(experiment_value(), job.id)
    node, job_id = workspace.store.nodes.add(new_node(experiment_id), JOB)
    workspace.store.jobs.claim("training", "w")
    return node.id, job_id


async def _read(broadcast: Broadcast, after: int | None, count: int) -> list[StoredEvent]:
    events: list[StoredEvent] = []
    async with asyncio.timeout(60):
        async for event in broadcast.listen(1, after):
            events.append(event)
            if len(events) == count:
                break
    return events


def test_a_listener_receives_events_written_by_another_process(
    workspace: Workspace, node_and_job: tuple[int, int]
) -> None:
    node_id, job_id = node_and_job

    async def read_stream() -> list[StoredEvent]:
        async with workspace.broadcast.follow_event_log():
            listening = asyncio.create_task(_read(workspace.broadcast, None, 2))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(workspace.store.epochs.add, job_id, 1, node_id, epoch(0))
            return await listening

    events = asyncio.run(read_stream())
    assert sorted(event.kind for event in events) == ["epoch", "node"]
    assert json.loads(next(event.data for event in events if event.kind == "epoch"))["epoch"]["epoch"] == 0


def test_a_reconnecting_listener_misses_no_events(workspace: Workspace, node_and_job: tuple[int, int]) -> None:
    node_id, job_id = node_and_job
    last = workspace.store.events.last_id()
    for number in range(3):
        workspace.store.epochs.add(job_id, 1, node_id, epoch(number))

    async def read_stream() -> list[StoredEvent]:
        async with workspace.broadcast.follow_event_log():
            return await _read(workspace.broadcast, last, 4)

    events = asyncio.run(read_stream())
    epochs = [json.loads(event.data)["epoch"]["epoch"] for event in events if event.kind == "epoch"]
    assert epochs == [0, 1, 2]
    assert all(event.id > last for event in events)


def test_a_listener_that_was_away_for_long_receives_all_batches(
    workspace: Workspace, node_and_job: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    node_id, job_id = node_and_job
    for number in range(6):
        workspace.store.epochs.add(job_id, 1, node_id, epoch(number))
    all_at_once = Events.after

    def in_twos(events: Events, last: int, experiment_id: int | None = None) -> list[StoredEvent]:
        return all_at_once(events, last, experiment_id, limit=2)

    monkeypatch.setattr(Events, "after", in_twos)

    count = len(all_at_once(workspace.store.events, 0, 1))

    async def read_stream() -> list[StoredEvent]:
        async with workspace.broadcast.follow_event_log():
            return await _read(workspace.broadcast, 0, count)

    events = asyncio.run(read_stream())
    assert [event.id for event in events] == [event.id for event in all_at_once(workspace.store.events, 0, 1)]
    assert sum(event.kind == "epoch" for event in events) == 6


def test_only_the_stream_of_a_deleted_experiment_ends(
    workspace: Workspace, node_and_job: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnpruner.service.broadcast.STREAM_CHECK_INTERVAL_S", 0.0)
    other_id = workspace.store.experiments.add(experiment_value(), 0)

    async def read_all(experiment_id: int) -> None:
        async for _ in workspace.broadcast.listen(experiment_id, None):
            pass

    async def read_stream() -> bool:
        async with workspace.broadcast.follow_event_log():
            deleted, other = asyncio.create_task(read_all(1)), asyncio.create_task(read_all(other_id))
            await asyncio.sleep(0.3)
            assert not deleted.done()
            await asyncio.to_thread(workspace.store.experiments.remove, 1)
            async with asyncio.timeout(60):
                await deleted
            await asyncio.sleep(0.3)
            return not other.done()

    assert asyncio.run(read_stream())


@pytest.mark.parametrize(
    ("header", "after"), [(None, None), ("", None), ("-3", None), ("²", None), ("7", 7), ("9" * 40, MAX_ID)]
)
def test_an_invalid_last_event_id_is_ignored(header: str | None, after: int | None) -> None:
    assert _parse_event_id(header) == after
