"""What brings the JSON files of an older bundle to the version that is read, one version after the other.

To change the format, raise `BUNDLE_VERSION`, give its values the new shape and add a step here. The bundles of all
versions in `tests/published` then show that the step reads them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cnnpruner.formats.bundles import values

File = Literal["manifest", "layers", "embedding"]
Change = Callable[[dict[str, Any]], dict[str, Any]]


def _as_it_is(content: dict[str, Any]) -> dict[str, Any]:
    return content


@dataclass(frozen=True)
class Step:
    """From one version to the next: how the JSON of each kind of file changes."""

    manifest: Change = _as_it_is
    layers: Change = _as_it_is
    """Also of the root's structure."""
    embedding: Change = _as_it_is


def _without_sums(manifest: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had no sums of weights."""
    return manifest | {"nodes": [node | {"weights_sha256": None} for node in manifest["nodes"]]}


def _named_as_in_0_2_0(manifest: dict[str, Any]) -> dict[str, Any]:
    """Until version 2 Autopilots were walks, held-out images were held, and a control was like a node."""
    content = {"autopilots" if name == "walks" else name: value for name, value in manifest.items()}
    pools = {name: "held_out" if pool == "held" else pool for name, pool in manifest["pools"].items()}
    return content | {"pools": pools, "nodes": [_with_reference(entry) for entry in manifest["nodes"]]}


def _with_reference(entry: dict[str, Any]) -> dict[str, Any]:
    control = entry["node"]["control"]
    if control is None:
        return entry
    renamed = {"reference_id" if name == "like_id" else name: value for name, value in control.items()}
    return entry | {"node": entry["node"] | {"control": renamed}}


STEPS: tuple[Step, ...] = (Step(manifest=_without_sums), Step(manifest=_named_as_in_0_2_0))
"""The first one leads from version 1 to version 2."""


def upgrade(file: File, data: bytes, version: int) -> bytes:
    """The JSON of a file of that version as the present version has it."""
    if version == values.BUNDLE_VERSION:
        return data
    content = json.loads(data)
    for step in STEPS[version - 1 :]:
        change: Change = getattr(step, file)
        content = change(content)
    return json.dumps(content).encode()
