"""Ensures that no experiment id or node number is assigned again while the model store contains files under it.

A restored backup of the database does not contain the nodes that were made after the backup. New nodes must not
overwrite the files of such nodes.
"""

from sqlalchemy import Connection, delete, insert, select, text, update

from cnnpruner.store.files import Files
from cnnpruner.store.rows import ExperimentRow
from cnnpruner.store.sessions import now


def reserve_used_numbers(connection: Connection, files: Files) -> None:
    """Make the next experiment id, and the next node number of each experiment, higher than the numbers of all existing
    folders.
    """
    highest_number_by_experiment = files.highest_node_numbers()
    for experiment_id, number in highest_number_by_experiment.items():
        conditions = ExperimentRow.id == experiment_id, ExperimentRow.next_number <= number
        connection.execute(update(ExperimentRow).where(*conditions).values(next_number=number + 1))
    highest_id = max(highest_number_by_experiment, default=0)
    if highest_id > (connection.scalar(select(ExperimentRow.id).order_by(ExperimentRow.id.desc()).limit(1)) or 0):
        _reserve_experiment_ids(connection, highest_id)


def _reserve_experiment_ids(connection: Connection, experiment_id: int) -> None:
    if connection.dialect.name == "postgresql":
        id_sequence = "pg_get_serial_sequence('experiments', 'id')"
        connection.execute(
            text(f"SELECT setval({id_sequence}, GREATEST(:id, nextval({id_sequence})))"), {"id": experiment_id}
        )
        return
    # SQLite's id sequence rises when a row with a higher id is inserted, and does not fall when the row is deleted.
    last_id = text("SELECT seq FROM sqlite_sequence WHERE name = 'experiments'")
    if experiment_id > (connection.scalar(last_id) or 0):
        row = {"name": "", "created_at": now(), "fixed": {}, "tolerance": 0.0, "training": {}}
        connection.execute(insert(ExperimentRow).values(id=experiment_id, next_number=0, tests=0, **row))
        connection.execute(delete(ExperimentRow).where(ExperimentRow.id == experiment_id))
