"""What was renamed after a version was published: only these differences from its responses are allowed.

An added field needs no line here. A removed field needs a reason in the release notes and a change of the test.
"""

PATHS: dict[str, str] = {"/walks": "/autopilots"}
"""Old → new path segment."""

FIELDS: dict[str, str] = {
    "walk": "autopilot",
    "lane": "queue",
    "like_id": "reference_id",
    "held": "held_out",
    "held_images": "held_out_images",
    "twins": "duplicates",
    "faults": "errors",
}
"""Old → new name of a field."""

REMOVED = frozenset({"normalises_channels"})
"""Removed fields; the release notes say why."""

VALUES: dict[str, str] = {"walk": "autopilot", "inspect": "experiment_check", "report": "network_report"}
"""Old → new value of a field, such as a state or kind."""

WORDING = frozenset({"title"})
"""Fields with sentences that the current code writes for each response; sentences in the database stay unchanged."""

BUNDLE_WORDING = frozenset({"title", "notices", "message", "reason"})
"""The same for a tree from a bundle: the server that opens it says what it adapted."""

COUNTS_OF_CHANGES = frozenset({"version"})
"""Fields that an upgrade may increase, since it changes the row."""
