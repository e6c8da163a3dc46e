"""Functions that migrations use to change stored JSON: whole columns, single fields, or the values in events."""

import json
from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa
from alembic import op

Json = dict[str, Any]
Change = Callable[[Json], Json]


def change_field(content: Json, field: str, change: Change) -> Json:
    """Return a copy of the JSON object in which `change` has been applied to one field. If the field is missing or
    null, return the object unchanged.
    """
    return content if content.get(field) is None else content | {field: change(content[field])}


def change_column(table: str, column: str, change: Change) -> None:
    """Apply `change` to a column's JSON in all rows in which this JSON is neither null nor empty."""
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column(column, sa.JSON))
    connection = op.get_bind()
    for row_id, content in connection.execute(sa.select(rows.c.id, rows.c[column])).all():
        if content:
            connection.execute(rows.update().where(rows.c.id == row_id).values({column: change(content)}))


def change_events(kinds: Collection[str], change: Callable[[str, Json], Json]) -> None:
    """Replace the value of every event of these kinds; `change` receives the kind and the value, and returns the new
    value.
    """
    columns = (sa.column("kind", sa.String), sa.column("data", sa.Text))
    events = sa.table("events", sa.column("id", sa.Integer), *columns)
    connection = op.get_bind()
    for row in connection.execute(sa.select(events).where(events.c.kind.in_(tuple(kinds)))).all():
        event = json.loads(row.data)
        data = json.dumps(event | {row.kind: change(row.kind, event[row.kind])}, separators=(",", ":"))
        connection.execute(events.update().where(events.c.id == row.id).values(data=data))
