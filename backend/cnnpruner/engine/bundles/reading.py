"""A bundle as values: all of it is checked before any of it is kept."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cnnpruner.domain.bundles import BUNDLE_VERSION, Bundle, BundledNode, BundleManifest, NodeArrays
from cnnpruner.domain.embeddings import Embedding
from cnnpruner.domain.experiments import Experiment
from cnnpruner.domain.layers import Layers
from cnnpruner.engine.bundles import layout
from cnnpruner.engine.bundles.arrays import Arrays
from cnnpruner.engine.bundles.checks import (
    require_bundled,
    require_pictures,
    require_splits,
    require_structure,
    require_tree,
    require_weights,
)
from cnnpruner.engine.bundles.container import Container, opened
from cnnpruner.errors import UnreadableBundle

V = TypeVar("V", bound=BaseModel)
NONE = NodeArrays(None, None, (), None)


class _Head(BaseModel):
    """What every version of the manifest says."""

    format: str
    version: int
    cnnpruner: str = ""


def read_bundle(path: Path, folder: Path) -> Bundle:
    """The experiment in the bundle at `path`; its weights and pictures are laid out in `folder` as in a model store.

    Raises UnreadableBundle with a sentence for whatever is damaged, cut short, of another kind or of another version.
    """
    with opened(path) as container:
        manifest = _manifest(container)
        container.require_only(_names(manifest))
        require_tree(manifest)
        splits = Arrays(container.read(layout.SPLITS), layout.SPLITS).splits(manifest.pools)
        require_splits(splits, manifest)
        root_layers = _parse(Layers, container.read(layout.ROOT_LAYERS), layout.ROOT_LAYERS)
        arrays = tuple(_read_node(container, one, manifest, root_layers, folder) for one in manifest.nodes)
        if manifest.has_pictures:
            container.copy(layout.PICTURES, folder / layout.PICTURES)
            require_pictures(folder / layout.PICTURES, manifest)
    return Bundle(manifest, splits, root_layers, arrays)


def _manifest(container: Container) -> BundleManifest:
    data = container.read(layout.MANIFEST)
    head = _parse(_Head, data, layout.MANIFEST)
    if head.format != "cnnpruner-bundle":
        raise UnreadableBundle("Its manifest is that of another program; this is no bundle of CNNPruner.")
    if head.version != BUNDLE_VERSION:
        sentence = f"It has version {head.version} of the bundle's format and this server reads {BUNDLE_VERSION}"
        raise UnreadableBundle(f"{sentence}; open it where CNNPruner {head.cnnpruner[:20]} or newer runs.")
    return _parse(BundleManifest, data, layout.MANIFEST)


def _parse(kind: type[V], data: bytes, file: str) -> V:
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the file"
        raise UnreadableBundle(f"{file} is not as a bundle has it ({where}: {fault['msg']}); make it anew.") from error


def _names(manifest: BundleManifest) -> set[str]:
    """Files that a bundle with this manifest may hold."""
    names = {layout.MANIFEST, layout.README, layout.SPLITS, layout.ROOT_LAYERS}
    if manifest.has_pictures:
        names.add(layout.PICTURES)
    for one in manifest.nodes:
        number = one.node.number
        names |= {layout.layers_file(number), layout.arrays_file(number), layout.embedding_file(number)}
        if manifest.has_weights:
            names.add(layout.weights_file(number))
    return names


def _read_node(
    container: Container, one: BundledNode, manifest: BundleManifest, root: Layers, folder: Path
) -> NodeArrays:
    """Its arrays; its weights are laid out in `folder`."""
    if one.node.state != "ready":
        return NONE
    number = one.node.number
    structure = layout.layers_file(number)
    layers = _parse(Layers, container.read(structure), structure)
    require_structure(one, layers, root)
    sha256: str | None = None
    if manifest.has_weights:
        target = folder / f"node-{number}" / "weights.safetensors"
        container.copy(layout.weights_file(number), target)
        require_weights(target, one, layers)
        sha256 = require_bundled(target, one)
    return replace(_arrays(container, one, manifest.experiment, layers), weights_sha256=sha256)


def _arrays(container: Container, one: BundledNode, experiment: Experiment, layers: Layers) -> NodeArrays:
    file, drawn = layout.arrays_file(one.node.number), layout.embedding_file(one.node.number)
    arrays = Arrays(container.read(file), file)
    return NodeArrays(
        layers=gzip.compress(layers.model_dump_json().encode(), compresslevel=4),
        predictions=arrays.predictions(one.node.images, len(experiment.classes)),
        scores=tuple(arrays.scores(by, len(layers.units)) for by in one.scores),
        embedding=_parse(Embedding, container.read(drawn), drawn) if one.has_embedding else None,
    )
