"""Reads a bundle and checks all of its files before anything is stored."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.sharing.bundles import Bundle, BundledNode, BundledTree, NodeArrays
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import UnreadableBundle
from cnnpruner.formats.bundles import conversion, layout, values
from cnnpruner.formats.bundles.arrays import ArrayFile
from cnnpruner.formats.bundles.checks import (
    require_matching_checksum,
    require_matching_splits,
    require_valid_pictures,
    require_valid_structure,
    require_valid_tree,
    require_weights,
)
from cnnpruner.formats.bundles.container import BundleContainer, open_bundle_container
from cnnpruner.formats.bundles.manifest import BundleManifest
from cnnpruner.formats.bundles.node_files import BundleEmbedding, BundleLayers
from cnnpruner.formats.bundles.upgrades import upgrade

EMPTY_NODE_ARRAYS = NodeArrays(None, None, (), None)


class _ManifestHeader(BaseModel):
    """The fields that every version of the manifest has."""

    format: str
    version: int = Field(ge=1)
    cnnpruner: str = ""


def read_bundle(path: Path, folder: Path) -> Bundle:
    """Read the experiment in the bundle at `path`. Weights and thumbnails are written to `folder`, in the layout of a
    model store.

    Raises UnreadableBundle if the file is damaged, truncated, not a bundle, or a bundle of a newer format version.
    """
    with open_bundle_container(path) as container:
        version, tree = _read_manifest(container)
        files = _JsonFileReader(container, version)
        container.reject_unexpected_files(_allowed_file_names(tree))
        require_valid_tree(tree)
        splits = ArrayFile(container.read(layout.SPLITS_FILE), layout.SPLITS_FILE).splits(tree.pools)
        require_matching_splits(splits, tree)
        root_layers = files.layers(layout.ROOT_LAYERS_FILE)
        arrays = tuple(_read_node(files, bundled_node, tree, root_layers, folder) for bundled_node in tree.nodes)
        if tree.has_pictures:
            container.copy_to_disk(layout.PICTURES_FILE, folder / layout.PICTURES_FILE)
            require_valid_pictures(folder / layout.PICTURES_FILE, tree)
    return Bundle(tree, splits, root_layers, arrays)


def _read_manifest(container: BundleContainer) -> tuple[int, BundledTree]:
    """Return the bundle's format version and its tree."""
    data = container.read(layout.MANIFEST)
    with _convert_validation_errors(layout.MANIFEST):
        header = _ManifestHeader.model_validate_json(data)
    if header.format != "cnnpruner-bundle":
        raise UnreadableBundle("The manifest was written by another program; this is not a CNNPruner bundle.")
    if header.version > values.BUNDLE_VERSION:
        supported_versions_text = f"this server can only read versions up to {values.BUNDLE_VERSION}"
        fix = f"open it with CNNPruner {header.cnnpruner[:20]} or newer"
        raise UnreadableBundle(f"The bundle has format version {header.version}, but {supported_versions_text}; {fix}.")
    data = upgrade("manifest", data, header.version)
    with _convert_validation_errors(layout.MANIFEST):
        return header.version, conversion.from_manifest(BundleManifest.model_validate_json(data))


@dataclass(frozen=True)
class _JsonFileReader:
    """Reads the JSON files of an open bundle. `version`: version of the bundle's format."""

    container: BundleContainer
    version: int

    def layers(self, name: str) -> Layers:
        """Return the network structure in the file `name`."""
        data = upgrade("layers", self.container.read(name), self.version)
        with _convert_validation_errors(name):
            return conversion.from_layers(BundleLayers.model_validate_json(data))

    def embedding(self, name: str) -> Embedding:
        """Return the map of samples in the file `name`."""
        data = upgrade("embedding", self.container.read(name), self.version)
        with _convert_validation_errors(name):
            return conversion.from_embedding(BundleEmbedding.model_validate_json(data))


@contextmanager
def _convert_validation_errors(file: str) -> Iterator[None]:
    """Turn a ValidationError into an UnreadableBundle that names the file and the field."""
    try:
        yield
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, details["loc"])) or "the file"
        raise UnreadableBundle(
            f"{file} is not valid in a bundle ({field}: {details['msg']}); create the bundle again."
        ) from error


def _allowed_file_names(tree: BundledTree) -> set[str]:
    """Return the names of all files that a bundle with this tree may contain."""
    names = {layout.MANIFEST, layout.README, layout.SPLITS_FILE, layout.ROOT_LAYERS_FILE}
    if tree.has_pictures:
        names.add(layout.PICTURES_FILE)
    for bundled_node in tree.nodes:
        number = bundled_node.node.number
        names |= {layout.layers_file(number), layout.arrays_file(number), layout.embedding_file(number)}
        if tree.has_weights:
            names.add(layout.weights_file(number))
    return names


def _read_node(
    files: _JsonFileReader, bundled_node: BundledNode, tree: BundledTree, root: Layers, folder: Path
) -> NodeArrays:
    """Return the arrays of a node, and copy the node's weights to `folder`. A node that is not ready has neither arrays
    nor weights.
    """
    if bundled_node.node.state != "ready":
        return EMPTY_NODE_ARRAYS
    number = bundled_node.node.number
    layers = files.layers(layout.layers_file(number))
    require_valid_structure(bundled_node, layers, root)
    sha256: str | None = None
    if tree.has_weights:
        target = folder / f"node-{number}" / "weights.safetensors"
        files.container.copy_to_disk(layout.weights_file(number), target)
        require_weights(target, bundled_node, layers)
        sha256 = require_matching_checksum(target, bundled_node)
    return replace(_read_arrays(files, bundled_node, tree.experiment, layers), weights_sha256=sha256)


def _read_arrays(
    files: _JsonFileReader, bundled_node: BundledNode, experiment: Experiment, layers: Layers
) -> NodeArrays:
    number = bundled_node.node.number
    file = layout.arrays_file(number)
    arrays = ArrayFile(files.container.read(file), file)
    return NodeArrays(
        layers=gzip.compress(layers.model_dump_json().encode(), compresslevel=4),
        predictions=arrays.predictions(bundled_node.node.images, len(experiment.classes)),
        scores=tuple(arrays.scores(source, len(layers.units)) for source in bundled_node.scores),
        embedding=files.embedding(layout.embedding_file(number)) if bundled_node.has_embedding else None,
    )
