"""Ids and numbers that files of the model store have already are never given to others.

A backup of the database that is put back knows less than the folder: what it makes next must not be written over what
was made after it.
"""

from sqlalchemy import Connection, delete, insert, select, text, update

from cnnpruner.store.files import Files
from cnnpruner.store.rows import ExperimentRow
from cnnpruner.store.sessions import now


def pass_over(connection: Connection, files: Files) -> None:
    """Let the next experiment and the next node of each have a number above all that have a folder."""
    used = files.used_numbers()
    for experiment_id, number in used.items():
        mine = ExperimentRow.id == experiment_id, ExperimentRow.next_number <= number
        connection.execute(update(ExperimentRow).where(*mine).values(next_number=number + 1))
    highest = max(used, default=0)
    if highest > (connection.scalar(select(ExperimentRow.id).order_by(ExperimentRow.id.desc()).limit(1)) or 0):
        _reserve(connection, highest)


def _reserve(connection: Connection, experiment_id: int) -> None:
    if connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('experiments', 'id')"
        connection.execute(
            text(f"SELECT setval({sequence}, GREATEST(:id, nextval({sequence})))"), {"id": experiment_id}
        )
        return
    # SQLite's own count of ids goes up with a row that had one, and stays up when that row is gone.
    counted = text("SELECT seq FROM sqlite_sequence WHERE name = 'experiments'")
    if experiment_id > (connection.scalar(counted) or 0):
        row = {"name": "", "created_at": now(), "fixed": {}, "tolerance": 0.0, "training": {}}
        connection.execute(insert(ExperimentRow).values(id=experiment_id, next_number=0, tests=0, **row))
        connection.execute(delete(ExperimentRow).where(ExperimentRow.id == experiment_id))
