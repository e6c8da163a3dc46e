"""Trees of older versions: whether their roots learned is derived at the upgrade, from what is stored."""

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.experiments import WeightsSource
from cnnpruner.domain.tree.training import TrainingChoice
from cnnpruner.store.migrate import upgrade
from cnnpruner.store.rows import EventRow, ExperimentRow, NodeRow
from cnnpruner.store.sessions import connect
from cnnpruner.store.tree.experiments import MUTABLE_EXPERIMENT_FIELDS
from cnnpruner.store.tree.nodes import pack_predictions
from cnnpruner.store.values import experiment_from_row, node_from_row
from tests import values
from tests.values import TRAINING

IMAGES, LARGEST_CLASS = 100, 30
INSERT_EXPERIMENT = (
    "INSERT INTO experiments (id, name, created_at, fixed, tolerance, training, tests, next_number) "
    "VALUES (1, 'old', '2026-01-01', :fixed, 0.005, :training, 0, 2)"
)
INSERT_NODE = (
    "INSERT INTO nodes (id, experiment_id, parent_id, number, state, origin, created_at, images, correct, loss, "
    "loss_first, loss_last, best_epoch, needed_correct, plan_id, latency, epochs, note, starred, laid_out, version, "
    "training) VALUES (:id, 1, :parent, :id - 1, 'ready', :origin, '2026-01-01', 100, :correct, :loss, :first, :last, "
    ":best, :needed, :plan, '[]', 3, '', 0, 0, 1, :training)"
)
INSERT_PLAN = (
    "INSERT INTO plans (id, node_id, child_id, name, state, revision, created_at, updated_at, note, content, version) "
    "VALUES (1, 1, 2, 'A', 'applied', 1, '2026-01-01', '2026-01-01', '', '{}', 1)"
)
INSERT_EVENT = (
    "INSERT INTO events (id, experiment_id, kind, key, data) VALUES (1, 1, 'node', 'node:2', "
    """'{"kind":"node","node":{"id":2,"recovered":true}}')"""
)


def add_old_tree(connection: Connection, correct: int, losses: tuple[float, float], best_epoch: int) -> None:
    """A root trained from fresh weights with this result, and a child that loses no image, as 0009 stored them."""
    experiment = values.experiment_value().model_copy(update={"weights": WeightsSource(train=TrainingChoice())})
    fixed = experiment.model_dump(mode="json", exclude=MUTABLE_EXPERIMENT_FIELDS)
    training = json.dumps(TRAINING.model_dump(mode="json"))
    connection.execute(text(INSERT_EXPERIMENT), {"fixed": json.dumps(fixed), "training": training})
    shared = {"correct": correct, "first": losses[0], "last": losses[1], "training": training}
    root = {"id": 1, "parent": None, "origin": "trained", "best": best_epoch, "needed": None, "plan": None}
    child = {"id": 2, "parent": 1, "origin": "plan", "best": 0, "needed": correct, "plan": 1}
    for node in (root, child):
        loss = losses[0] if best_epoch == 0 else losses[1]
        connection.execute(text(INSERT_NODE), shared | node | {"loss": loss})
    connection.execute(text(INSERT_PLAN))
    connection.exec_driver_sql(INSERT_EVENT)
    labels = np.array([0] * LARGEST_CLASS + [1 + i % 7 for i in range(IMAGES - LARGEST_CLASS)])
    top = np.stack([labels, labels + 1], axis=1)
    predictions = Predictions(labels, labels, top, np.ones((IMAGES, 2), dtype=np.float32), losses[0])
    blob = "INSERT INTO blobs (id, node_id, name, data) VALUES (1, 1, 'predictions', :data)"
    connection.execute(text(blob), {"data": pack_predictions(predictions)})


@pytest.mark.parametrize(
    ("correct", "losses", "best_epoch", "learned"),
    [
        # 0.1.0 said for each of them: ready, no notice, child recovered.
        (30, (2.1, 9.0), 0, False),
        (38, (2.1, 1.5), 2, False),  # 30% is within the interval of 38% of 100 images
        (60, (2.1, 1.5), 0, False),
        (60, (2.1, 2.5), 2, False),
        (60, (2.1, 1.5), 2, True),
    ],
)
def test_an_old_root_is_judged_from_what_is_stored(
    tmp_path: Path, correct: int, losses: tuple[float, float], best_epoch: int, learned: bool
) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0009")
    with engine.begin() as connection:
        add_old_tree(connection, correct, losses, best_epoch)
    upgrade(engine)
    with Session(engine) as session:
        rows = session.scalars(select(NodeRow).order_by(NodeRow.number)).all()
        root, child = (node_from_row(row) for row in rows)
        experiment = experiment_from_row(session, session.get_one(ExperimentRow, 1))
        [event] = session.scalars(select(EventRow.data))
    engine.dispose()
    assert root.learned is learned and bool(root.notices) is not learned
    assert experiment.notices == root.notices
    assert child.recovered is (True if learned else None)
    assert (child.recovered_reason is None) is learned
    assert child.version == 2, "the event with the old judgement is older"
    assert json.loads(event)["node"] | {"training_record": None, "notices": []} == json.loads(event)["node"]


def test_an_old_applied_plan_gets_the_settings_of_its_node_and_the_rest_stays_null(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, "0009")
    with engine.begin() as connection:
        add_old_tree(connection, 60, (2.1, 1.5), 2)
    upgrade(engine)
    with engine.connect() as connection:
        settings, version = connection.execute(text("SELECT training, version FROM plans")).one()
        unrecorded = connection.execute(text("SELECT training_record, forecast, forecast_reason FROM nodes")).all()
        assert connection.execute(text("SELECT largest_class FROM experiments")).scalar() == LARGEST_CLASS
    engine.dispose()
    assert json.loads(settings) == TRAINING.model_dump(mode="json") and version == 2
    assert [tuple(row) for row in unrecorded] == [(None, None, None)] * 2
