"""The format of bundles stands on its own: new fields of published values neither get into it nor close older ones."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from cnnpruner.domain.base import Value
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.sharing.bundles import BundledTree
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import UnreadableBundle
from cnnpruner.formats.bundles import conversion, upgrades, values
from cnnpruner.formats.bundles.manifest import BundleManifest, BundleNode
from cnnpruner.formats.bundles.node_files import BundleEmbedding, BundleLayers
from cnnpruner.formats.bundles.reader import read_bundle
from cnnpruner.formats.bundles.upgrades import Change, Step
from tests.published.test_published import PUBLISHED

SCHEMA = PUBLISHED / "bundle_schema.json"
FILES: dict[str, type[BaseModel]] = {"manifest": BundleManifest, "layers": BundleLayers, "embedding": BundleEmbedding}
ABOUT = {"title", "description"}


class NodeOfTomorrow(Node):
    """As when somebody publishes more fields."""

    memory_mb: float
    seconds: float | None


def shape(schema: Any, known: dict[str, Any]) -> Any:
    """A schema without names of classes and words for people."""
    if isinstance(schema, list):
        return [shape(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return shape(known[schema["$ref"].removeprefix("#/$defs/")], known)
    if "properties" in schema:
        fields = {name: shape(part, known) for name, part in schema["properties"].items()}
        return {"fields": fields, "required": sorted(schema.get("required", []))}
    return {name: shape(part, known) for name, part in schema.items() if name not in ABOUT | {"$defs", "mapping"}}


def format_today() -> dict[str, Any]:
    files = {name: kind.model_json_schema() for name, kind in FILES.items()}
    return {
        "version": values.BUNDLE_VERSION,
        "files": {name: shape(schema, schema.get("$defs", {})) for name, schema in files.items()},
    }


def members(name: str = "bundle.zip") -> dict[str, bytes]:
    """Files of a published bundle of the first version."""
    with zipfile.ZipFile(PUBLISHED / "0.1.0" / name) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(files: dict[str, bytes], folder: Path) -> BundledTree:
    target = folder / "experiment"
    target.mkdir()
    return read_bundle(zipped(files, folder / "bundle.zip"), target).tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> BundledTree:
    """That of the published bundle."""
    return read(members(), tmp_path_factory.mktemp("read"))


def test_the_format_is_the_committed_one() -> None:
    committed = json.loads(SCHEMA.read_text())
    cure = "raise BUNDLE_VERSION, add a step to `upgrades`, then write the new shape to bundle_schema.json"
    assert format_today() == committed, cure


def test_there_is_a_step_from_each_version_to_the_next() -> None:
    assert len(upgrades.STEPS) == values.BUNDLE_VERSION - 1


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models_in(field.annotation)
    for part in get_args(kind):
        yield from models_in(part)


def test_no_value_of_the_api_is_part_of_the_format() -> None:
    parts = {part for kind in FILES.values() for part in models_in(kind)}
    assert len(parts) > 35
    assert not [part for part in parts if issubclass(part, Value) or not part.__module__.startswith(values.__package__)]


def test_a_tree_leaves_and_comes_back_as_it_was(tree: BundledTree) -> None:
    manifest = BundleManifest.model_validate_json(conversion.to_manifest(tree).model_dump_json())
    assert conversion.from_manifest(manifest) == tree
    assert len(tree.nodes) > 15 and tree.autopilots and tree.estimates


@pytest.mark.parametrize("name", ["bundle.zip", "bundle-without-weights.zip"])
def test_what_is_written_today_is_what_0_1_0_wrote_after_its_upgrade(name: str, tmp_path: Path) -> None:
    files = members(name)
    then = json.loads(upgrades.upgrade("manifest", files["manifest.json"], 1)) | {"version": values.BUNDLE_VERSION}
    assert json.loads(conversion.to_manifest(read(files, tmp_path)).model_dump_json()) == then


def test_a_new_field_of_a_node_does_not_get_into_the_format(tree: BundledTree) -> None:
    first, *others = tree.nodes
    node = NodeOfTomorrow(**dict(first.node), memory_mb=1.5, seconds=2.5)
    entry = replace(first, node=node)
    grown = BundledTree(**vars(tree) | {"nodes": [entry, *others]})
    assert conversion.to_manifest(grown) == conversion.to_manifest(tree)


def test_new_fields_of_a_node_are_null_or_said_at_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "Node", NodeOfTomorrow)
    with pytest.raises(UnreadableBundle, match="memory_mb: Field required"):
        read(members(), tmp_path)

    def from_node(node: BundleNode) -> Node:
        return conversion._of_bundle(NodeOfTomorrow, node, memory_mb=0.5)

    monkeypatch.setattr(conversion, "from_node", from_node)
    (tmp_path / "again").mkdir()
    again = read(members(), tmp_path / "again")
    nodes = [entry.node for entry in again.nodes]
    assert {(node.memory_mb, node.seconds) for node in nodes if isinstance(node, NodeOfTomorrow)} == {(0.5, None)}
    assert all(isinstance(node, NodeOfTomorrow) for node in nodes)


def renamed(old: str, new: str) -> Change:
    return lambda content: {new if name == old else name: value for name, value in content.items()}


def test_a_bundle_of_an_older_version_is_read_step_by_step(
    tree: BundledTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = members()
    for name in files:
        if name.endswith("layers.json"):
            files[name] = json.dumps(renamed("notes", "remarks")(json.loads(files[name]))).encode()
    manifest = renamed("estimates", "guesses")(json.loads(files["manifest.json"]))
    files["manifest.json"] = json.dumps(manifest).encode()
    to_next = Step(manifest=renamed("guesses", "opinions"))
    to_last = Step(manifest=renamed("opinions", "estimates"), layers=renamed("remarks", "notes"))
    monkeypatch.setattr(upgrades, "STEPS", (*upgrades.STEPS, to_next, to_last))
    monkeypatch.setattr(values, "BUNDLE_VERSION", values.BUNDLE_VERSION + 2)
    assert read(files, tmp_path) == tree


def test_structures_and_maps_leave_and_come_back_as_they_were() -> None:
    files = members()
    layers = conversion.from_layers(BundleLayers.model_validate_json(files["nodes/0/layers.json"]))
    embedding = conversion.from_embedding(BundleEmbedding.model_validate_json(files["nodes/0/embedding.json"]))
    assert isinstance(layers, Layers) and len(layers.units) == 56 and len(embedding.x) == 360
    assert json.loads(conversion.to_layers(layers).model_dump_json()) == json.loads(files["nodes/0/layers.json"])
    written = conversion.to_embedding(embedding).model_dump_json()
    assert json.loads(written) == json.loads(files["nodes/0/embedding.json"])
