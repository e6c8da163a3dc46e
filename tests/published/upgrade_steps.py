"""What was renamed since a version was published: the only place where its answers and those of today may differ.

A field that was added needs no line here. A field that went needs a reason in a release, and so a change of the test.
"""

PATHS: dict[str, str] = {"/walks": "/autopilots"}
"""Part of a path then → now, such as "/walks": "/autopilots"."""

FIELDS: dict[str, str] = {
    "walk": "autopilot",
    "lane": "queue",
    "like_id": "reference_id",
    "held": "held_out",
    "held_images": "held_out_images",
    "twins": "duplicates",
    "faults": "errors",
}
"""Name of a field then → now."""

VALUES: dict[str, str] = {"walk": "autopilot", "inspect": "experiment_check", "report": "network_report"}
"""A word that a field holds, such as a state or a kind, then → now."""

WORDING = frozenset({"title"})
"""Sentences that the code of today writes at each answer; what the database holds stays as it was written."""

BUNDLE_WORDING = frozenset({"title", "notices", "message", "reason"})
"""The same for a tree that is made of a bundle: the server that opens it says what it adapted."""

COUNTS_OF_CHANGES = frozenset({"version"})
"""An upgrade that touches a row may count as a change of it."""
