"""Previews say what a reconstruction reached; those of earlier versions have none."""

from cnnpruner.store.json_changes import Json, change_column, change_events, change_field

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW_FIELDS = {"reconstructed": None, "reconstruction": None}
"""Fields that older previews lack."""


def upgrade() -> None:
    change_column("plans", "preview", _add_fields)
    change_events(("plan",), lambda _, plan: change_field(plan, "preview", _add_fields))


def _add_fields(preview: Json) -> Json:
    return NEW_FIELDS | preview


def downgrade() -> None:
    change_column("plans", "preview", _drop_fields)


def _drop_fields(preview: Json) -> Json:
    return {name: value for name, value in preview.items() if name not in NEW_FIELDS}
