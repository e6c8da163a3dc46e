"""The images of a data set on the device, and the images of each split of an experiment."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from cnnpruner.data.images.images import ImageSet, Normalize, maybe_move_to_gpu
from cnnpruner.domain.results import SplitIndices
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.errors import UnusableData

if TYPE_CHECKING:
    from cnnpruner.data.loaded_data import LoadedData


class ImagePools:
    """The images of a data set on the device: the pool `train`, and the pools `test` and `held_out` if the data set has
    them.
    """

    def __init__(self, loaded_data: "LoadedData", device: torch.device) -> None:
        self.loaded_data = loaded_data
        self.device = device
        pools = {"train": loaded_data.train_pool, "test": loaded_data.test_pool, "held_out": loaded_data.held_out_pool}
        self._pools = {name: maybe_move_to_gpu(images, device) for name, images in pools.items() if images is not None}

    def __getitem__(self, pool: str) -> ImageSet:
        """Return the images of a pool."""
        return self._pools[pool]

    @property
    def counts(self) -> dict[str, int]:
        """Number of images in each pool."""
        return {name: len(images) for name, images in self._pools.items()}


class ImageSplits:
    """The images of each split of an experiment."""

    def __init__(self, pools: ImagePools, experiment: Experiment, splits: SplitIndices) -> None:
        """Raises UnusableData if images were added or removed since the splits were made."""
        _require_unchanged_pools(pools, splits)
        self.device = pools.device
        self.normalize = Normalize(experiment.mean, experiment.std)
        self._pools = pools
        self._splits = splits

    @property
    def uses_official_test_images(self) -> bool:
        """Whether the selection and test splits are two parts of the official test images. This is the case for
        imported roots.
        """
        return self._splits.selection_pool == self._splits.test_pool == "test"

    @property
    def train(self) -> TrainData:
        """The images of the train split, which are used for training and scoring."""
        return TrainData(self._pools[self._splits.train_pool], self._splits.train, self.normalize, self.device)

    @property
    def selection(self) -> tuple[ImageSet, NDArray[np.int64]]:
        """The pool that contains the selection images, and the indices of these images in the pool."""
        return self._pools[self._splits.selection_pool], self._splits.selection

    @property
    def test(self) -> tuple[ImageSet, NDArray[np.int64]]:
        """The pool that contains the locked test images, and the indices of these images in the pool."""
        return self._pools[self._splits.test_pool], self._splits.test


def _require_unchanged_pools(pools: ImagePools, splits: SplitIndices) -> None:
    """Raise UnusableData if the number of images in a pool has changed since the splits were made. The indices of the
    splits would then refer to other images.
    """
    for name, now in pools.counts.items():
        original_image_count = sum(len(indices) for pool, indices in splits.indices if pool == name)
        if original_image_count not in (0, now):
            raise UnusableData(
                f"The data set has {now:,} {name} images, but it had {original_image_count:,} when the experiment was "
                "created; restore the original images or create a new experiment.",
                now=now,
                then=original_image_count,
            )
