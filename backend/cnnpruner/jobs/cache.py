"""Values that a worker caches between jobs, so that data and weights are not read again for every preview."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from cnnpruner.data.data_folders import find_data_set, resolve
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import DEFAULT_MAX_BYTES_IN_MEMORY, ImageOptions
from cnnpruner.data.sets.class_folders import get_modification_times
from cnnpruner.data.sets.folders import get_listing_rules
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.tree.experiments import DataSource, Experiment
from cnnpruner.domain.tree.image_reading import LEGACY_IMAGE_READING, ImageReading
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.surgery.surgery import build_cut_network
from cnnpruner.engine.weights import load_weights, read_weights
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.jobs.images import ImagePools, ImageSplits
from cnnpruner.jobs.lru_cache import LruCache
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode

MAX_CACHED_DATA_SETS = 2
MAX_CACHED_NETWORKS = 4


class WorkerCache:
    """The data sets and networks that jobs in this worker used most recently, on the worker's device."""

    def __init__(self, device: torch.device, max_bytes_in_memory: int = DEFAULT_MAX_BYTES_IN_MEMORY) -> None:
        """max_bytes_in_memory: image sets up to this size stay in memory; larger sets are streamed."""
        self.device = device
        self.max_bytes_in_memory = max_bytes_in_memory
        self._data: LruCache[ImagePools] = LruCache(MAX_CACHED_DATA_SETS)
        self._networks: LruCache[nn.Module] = LruCache(MAX_CACHED_NETWORKS)

    def pools(
        self, source: DataSource, folders: tuple[Path, ...], options: ImageOptions, progress: Progress | None
    ) -> ImagePools:
        """Return the images of `source`, from the cache if possible."""
        options = replace(options, max_bytes_in_memory=self.max_bytes_in_memory, data_folders=folders)
        folder = data_folder(source, folders)
        unseen = resolve(source.unseen, folders) if source.unseen is not None else None
        key = (source.model_dump_json(), folders, _folder_modification_times(source, folder, unseen, options))

        def read() -> ImagePools:
            return ImagePools(load_data(source, folder, options, progress, unseen), self.device)

        def full_cache_key(size: int, channels: int, reading: ImageReading | None) -> tuple[object, ...]:
            return (*key, size, channels, options.seed, reading)

        is_image_reading_known = source.kind != "folder" or options.reading is not None
        if options.image_size is not None and options.channels is not None and is_image_reading_known:
            pools = self._data.get(full_cache_key(options.image_size, options.channels, options.reading), read)
        else:
            pools = read()
        # Cached under what was detected too: an experiment made from these images will ask with these values.
        loaded_data = pools.loaded_data
        self._data.put(full_cache_key(loaded_data.image_size, loaded_data.channels, loaded_data.reading), pools)
        return pools

    def images(self, setup: ExperimentSetup, progress: Progress | None = None) -> ImageSplits:
        """Return the images of each split of an experiment."""
        experiment = setup.experiment
        reading = experiment.reading or (
            LEGACY_IMAGE_READING if experiment.data.kind in ("folder", "factory") else None
        )
        options = ImageOptions(experiment.image_size, experiment.channels, experiment.seed, reading=reading)
        pools = self.pools(experiment.data, setup.folders, options, progress)
        return ImageSplits(pools, experiment, setup.splits)

    def network(self, setup: ExperimentSetup, node: ReadyNode) -> nn.Module:
        """Return a ready node's network in evaluation mode. The network is shared, so copy it before changing it.
        Raises DamagedWeights.
        """
        key = (str(node.weights), _modification_time_ns(node.weights))
        return self._networks.get(key, lambda: _load_network(setup, node).to(self.device).eval())


def data_folder(source: DataSource, folders: tuple[Path, ...]) -> Path | None:
    """Return the folder with the images of a data source: its path or, without a path, a folder in which a data set of
    this kind was found.

    If none was found, return the first data folder, provided that the data set may be downloaded to it. In all other
    cases, return None, as for the built-in digits, which are not read from a folder.
    """
    if source.kind == "digits":
        return None
    if source.path is not None:
        return resolve(source.path, folders)
    folder = find_data_set(source.kind, folders)
    return folders[0] if folder is None and source.download and folders else folder


def _folder_modification_times(
    source: DataSource, folder: Path | None, unseen: Path | None, options: ImageOptions
) -> tuple[int, ...]:
    """Return a value that changes when images are added to or removed from a folder of the data source. The images are
    read again whenever this value changes.
    """
    rules = get_listing_rules(source, options)
    return (
        *(get_modification_times(folder, rules) if source.kind == "folder" and folder is not None else ()),
        *(get_modification_times(unseen, rules) if unseen is not None else ()),
    )


def build_fresh_network(experiment: Experiment) -> nn.Module:
    """Return the unpruned network with random weights drawn from the experiment's seed."""
    classes = len(experiment.classes)
    return build_network(experiment.network, classes, experiment.channels, experiment.image_size, experiment.seed)


def _modification_time_ns(weights: Path) -> int:
    """Return the time at which the weights file was last changed. Return 0 if the file is missing: the attempt to read
    it then raises a helpful error.
    """
    return weights.stat().st_mtime_ns if weights.exists() else 0


def _load_network(setup: ExperimentSetup, node: ReadyNode) -> nn.Module:
    require_checksum(node.weights, node.sha256)
    network = build_cut_network(build_fresh_network(setup.experiment), setup.root_layers, node.layers)
    load_weights(network, read_weights(node.weights))
    return network
