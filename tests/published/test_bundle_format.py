"""The bundle format is independent: new fields of API values do not get into it, and older bundles stay readable."""

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
from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.image_reading import ImageReading
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import UnreadableBundle
from cnnpruner.formats.bundles import conversion, upgrades, values
from cnnpruner.formats.bundles.manifest import BundleManifest, BundleNode
from cnnpruner.formats.bundles.node_files import BundleEmbedding, BundleLayers
from cnnpruner.formats.bundles.reader import read_bundle
from cnnpruner.formats.bundles.upgrades import UpgradeFunction, UpgradeStep
from tests.published.test_published import PUBLISHED

SCHEMA = PUBLISHED / "bundle_schema.json"
FILES: dict[str, type[BaseModel]] = {"manifest": BundleManifest, "layers": BundleLayers, "embedding": BundleEmbedding}
DOCUMENTATION_KEYS = {"title", "description"}


class ExtendedNode(Node):
    """A node with additional fields, as a later version may publish."""

    memory_mb: float
    seconds: float | None


def simplify(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema without class names and documentation."""
    if isinstance(schema, list):
        return [simplify(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return simplify(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "properties" in schema:
        fields = {name: simplify(field, definitions) for name, field in schema["properties"].items()}
        return {"fields": fields, "required": sorted(schema.get("required", []))}
    dropped = DOCUMENTATION_KEYS | {"$defs", "mapping"}
    return {name: simplify(value, definitions) for name, value in schema.items() if name not in dropped}


def current_format() -> dict[str, Any]:
    files = {name: kind.model_json_schema() for name, kind in FILES.items()}
    return {
        "version": values.BUNDLE_VERSION,
        "files": {name: simplify(schema, schema.get("$defs", {})) for name, schema in files.items()},
    }


def read_members(name: str = "bundle.zip") -> dict[str, bytes]:
    """Return the files of a published bundle of the first version."""
    with zipfile.ZipFile(PUBLISHED / "0.1.0" / name) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def write_zip(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read_tree(files: dict[str, bytes], folder: Path) -> BundledTree:
    target = folder / "experiment"
    target.mkdir()
    return read_bundle(write_zip(files, folder / "bundle.zip"), target).tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> BundledTree:
    """The tree of the published bundle."""
    return read_tree(read_members(), tmp_path_factory.mktemp("read"))


def test_the_format_matches_the_committed_schema() -> None:
    committed = json.loads(SCHEMA.read_text())
    cure = "raise BUNDLE_VERSION, add a step to `upgrades`, then write the new schema to bundle_schema.json"
    assert current_format() == committed, cure


def test_there_is_a_step_from_each_version_to_the_next() -> None:
    assert len(upgrades.STEPS) == values.BUNDLE_VERSION - 1


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models_in(field.annotation)
    for argument in get_args(kind):
        yield from models_in(argument)


def test_no_value_of_the_api_is_part_of_the_format() -> None:
    models = {model for kind in FILES.values() for model in models_in(kind)}
    assert len(models) > 35
    assert not [
        model for model in models if issubclass(model, Value) or not model.__module__.startswith(values.__package__)
    ]


def test_a_tree_is_unchanged_after_writing_and_reading(tree: BundledTree) -> None:
    manifest = BundleManifest.model_validate_json(conversion.to_manifest(tree).model_dump_json())
    assert conversion.from_manifest(manifest) == tree
    assert len(tree.nodes) > 15 and tree.autopilots and tree.estimates


def test_latencies_of_an_older_bundle_are_unpaired_and_keep_their_milliseconds(tree: BundledTree) -> None:
    manifest = json.loads(read_members()["manifest.json"])
    stored = {entry["node"]["id"]: entry["node"]["latency"] for entry in manifest["nodes"]}
    latencies = [(entry.node.id, latency) for entry in tree.nodes for latency in entry.node.latency]
    assert len(latencies) == sum(map(len, stored.values())) > 10
    assert {(latency.reliability, latency.ratio, latency.threads) for _, latency in latencies} == {
        ("unpaired", None, None)
    }
    assert all(latency.median_ms in {old["median_ms"] for old in stored[node]} for node, latency in latencies)


@pytest.mark.parametrize("name", ["bundle.zip", "bundle-without-weights.zip"])
def test_the_manifest_written_today_equals_the_upgraded_one_of_0_1_0(name: str, tmp_path: Path) -> None:
    files = read_members(name)
    upgraded = json.loads(upgrades.upgrade("manifest", files["manifest.json"], 1)) | {"version": values.BUNDLE_VERSION}
    with_optional_fields = BundleManifest.model_validate(upgraded).model_dump(mode="json")
    assert {name: len(content) for name, content in upgraded.items() if isinstance(content, list)} == {
        name: len(content) for name, content in with_optional_fields.items() if isinstance(content, list)
    }
    assert json.loads(conversion.to_manifest(read_tree(files, tmp_path)).model_dump_json()) == with_optional_fields


def test_how_images_are_read_is_in_a_bundle(tree: BundledTree) -> None:
    reading = ImageReading(version=2, low=-1024, high=3071.5, scales_all_images=True)
    data = DataSource(kind="folder", path="scans", class_level="lower", value_range=(-1024, 3071.5))
    experiment = tree.experiment.model_copy(update={"reading": reading, "data": data})
    manifest = conversion.to_manifest(BundledTree(**vars(tree) | {"experiment": experiment}))
    assert conversion.from_manifest(manifest).experiment == experiment


def test_a_new_field_of_a_node_does_not_get_into_the_format(tree: BundledTree) -> None:
    first, *others = tree.nodes
    node = ExtendedNode(**dict(first.node), memory_mb=1.5, seconds=2.5)
    entry = replace(first, node=node)
    extended = BundledTree(**vars(tree) | {"nodes": [entry, *others]})
    assert conversion.to_manifest(extended) == conversion.to_manifest(tree)


def test_new_fields_of_a_node_are_null_or_supplied_by_its_conversion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "Node", ExtendedNode)
    with pytest.raises(UnreadableBundle, match="memory_mb: Field required"):
        read_tree(read_members(), tmp_path)

    def from_node(node: BundleNode) -> Node:
        return conversion._from_bundle(ExtendedNode, node, notices=[], memory_mb=0.5)

    monkeypatch.setattr(conversion, "from_node", from_node)
    (tmp_path / "again").mkdir()
    tree = read_tree(read_members(), tmp_path / "again")
    nodes = [entry.node for entry in tree.nodes]
    assert {(node.memory_mb, node.seconds) for node in nodes if isinstance(node, ExtendedNode)} == {(0.5, None)}
    assert all(isinstance(node, ExtendedNode) for node in nodes)


def rename_field(old: str, new: str) -> UpgradeFunction:
    return lambda content: {new if name == old else name: value for name, value in content.items()}


def test_a_bundle_of_an_older_version_is_read_step_by_step(
    tree: BundledTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_members()
    for name in files:
        if name.endswith("layers.json"):
            files[name] = json.dumps(rename_field("notes", "remarks")(json.loads(files[name]))).encode()
    manifest = rename_field("estimates", "guesses")(json.loads(files["manifest.json"]))
    files["manifest.json"] = json.dumps(manifest).encode()
    to_next = UpgradeStep(manifest=rename_field("guesses", "opinions"))
    to_last = UpgradeStep(manifest=rename_field("opinions", "estimates"), layers=rename_field("remarks", "notes"))
    monkeypatch.setattr(upgrades, "STEPS", (*upgrades.STEPS, to_next, to_last))
    monkeypatch.setattr(values, "BUNDLE_VERSION", values.BUNDLE_VERSION + 2)
    assert read_tree(files, tmp_path) == tree


def test_structures_and_maps_of_samples_are_unchanged_after_writing_and_reading() -> None:
    files = read_members()
    upgraded_layers = upgrades.upgrade("layers", files["nodes/0/layers.json"], 1)
    layers = conversion.from_layers(BundleLayers.model_validate_json(upgraded_layers))
    embedding = conversion.from_embedding(BundleEmbedding.model_validate_json(files["nodes/0/embedding.json"]))
    assert isinstance(layers, Layers) and len(layers.units) == 56 and len(embedding.x) == 360
    assert json.loads(conversion.to_layers(layers).model_dump_json()) == json.loads(upgraded_layers)
    written = conversion.to_embedding(embedding).model_dump_json()
    assert json.loads(written) == json.loads(files["nodes/0/embedding.json"])
