"""A bundle as values: all of it is checked before any of it is kept."""

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
from cnnpruner.formats.bundles.arrays import Arrays
from cnnpruner.formats.bundles.checks import (
    require_bundled,
    require_pictures,
    require_splits,
    require_structure,
    require_tree,
    require_weights,
)
from cnnpruner.formats.bundles.container import Container, opened
from cnnpruner.formats.bundles.manifest import BundleManifest
from cnnpruner.formats.bundles.node_files import BundleEmbedding, BundleLayers
from cnnpruner.formats.bundles.upgrades import upgrade

NONE = NodeArrays(None, None, (), None)


class _Head(BaseModel):
    """What every version of the manifest says."""

    format: str
    version: int = Field(ge=1)
    cnnpruner: str = ""


def read_bundle(path: Path, folder: Path) -> Bundle:
    """The experiment in the bundle at `path`; its weights and pictures are laid out in `folder` as in a model store.

    Raises UnreadableBundle with a sentence for whatever is damaged, cut short, of another kind or of another version.
    """
    with opened(path) as container:
        version, tree = _read_manifest(container)
        files = _Files(container, version)
        container.require_only(_names(tree))
        require_tree(tree)
        splits = Arrays(container.read(layout.SPLITS), layout.SPLITS).splits(tree.pools)
        require_splits(splits, tree)
        root_layers = files.layers(layout.ROOT_LAYERS)
        arrays = tuple(_read_node(files, one, tree, root_layers, folder) for one in tree.nodes)
        if tree.has_pictures:
            container.copy(layout.PICTURES, folder / layout.PICTURES)
            require_pictures(folder / layout.PICTURES, tree)
    return Bundle(tree, splits, root_layers, arrays)


def _read_manifest(container: Container) -> tuple[int, BundledTree]:
    """The version of the bundle, and the tree in it."""
    data = container.read(layout.MANIFEST)
    with _refusals(layout.MANIFEST):
        head = _Head.model_validate_json(data)
    if head.format != "cnnpruner-bundle":
        raise UnreadableBundle("Its manifest is that of another program; this is no bundle of CNNPruner.")
    if head.version > values.BUNDLE_VERSION:
        known = f"this server reads versions up to {values.BUNDLE_VERSION}"
        cure = f"open it where CNNPruner {head.cnnpruner[:20]} or newer runs"
        raise UnreadableBundle(f"It has version {head.version} of the bundle's format and {known}; {cure}.")
    data = upgrade("manifest", data, head.version)
    with _refusals(layout.MANIFEST):
        return head.version, conversion.from_manifest(BundleManifest.model_validate_json(data))


@dataclass(frozen=True)
class _Files:
    """The files of an open bundle of that version."""

    container: Container
    version: int

    def layers(self, name: str) -> Layers:
        """A structure."""
        data = upgrade("layers", self.container.read(name), self.version)
        with _refusals(name):
            return conversion.from_layers(BundleLayers.model_validate_json(data))

    def embedding(self, name: str) -> Embedding:
        """A map of samples."""
        data = upgrade("embedding", self.container.read(name), self.version)
        with _refusals(name):
            return conversion.from_embedding(BundleEmbedding.model_validate_json(data))


@contextmanager
def _refusals(file: str) -> Iterator[None]:
    """What is refused in a file, as an error that says where."""
    try:
        yield
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the file"
        raise UnreadableBundle(f"{file} is not as a bundle has it ({where}: {fault['msg']}); make it anew.") from error


def _names(tree: BundledTree) -> set[str]:
    """Files that a bundle of this tree may hold."""
    names = {layout.MANIFEST, layout.README, layout.SPLITS, layout.ROOT_LAYERS}
    if tree.has_pictures:
        names.add(layout.PICTURES)
    for one in tree.nodes:
        number = one.node.number
        names |= {layout.layers_file(number), layout.arrays_file(number), layout.embedding_file(number)}
        if tree.has_weights:
            names.add(layout.weights_file(number))
    return names


def _read_node(files: _Files, one: BundledNode, tree: BundledTree, root: Layers, folder: Path) -> NodeArrays:
    """Its arrays; its weights are laid out in `folder`."""
    if one.node.state != "ready":
        return NONE
    number = one.node.number
    layers = files.layers(layout.layers_file(number))
    require_structure(one, layers, root)
    sha256: str | None = None
    if tree.has_weights:
        target = folder / f"node-{number}" / "weights.safetensors"
        files.container.copy(layout.weights_file(number), target)
        require_weights(target, one, layers)
        sha256 = require_bundled(target, one)
    return replace(_arrays(files, one, tree.experiment, layers), weights_sha256=sha256)


def _arrays(files: _Files, one: BundledNode, experiment: Experiment, layers: Layers) -> NodeArrays:
    number = one.node.number
    file = layout.arrays_file(number)
    arrays = Arrays(files.container.read(file), file)
    return NodeArrays(
        layers=gzip.compress(layers.model_dump_json().encode(), compresslevel=4),
        predictions=arrays.predictions(one.node.images, len(experiment.classes)),
        scores=tuple(arrays.scores(by, len(layers.units)) for by in one.scores),
        embedding=files.embedding(layout.embedding_file(number)) if one.has_embedding else None,
    )
