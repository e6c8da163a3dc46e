"""Arrays of an experiment as safetensors, and back again without trusting them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from cnnpruner.domain.results import Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.sharing.bundles import NodeArrays, ScoredBy, SplitPools
from cnnpruner.errors import UnreadableBundle

_PARTS = ("train", "selection", "test")


def write_splits(splits: SplitIndices) -> bytes:
    """Indices of the three splits."""
    return save({name: np.ascontiguousarray(getattr(splits, name)) for name in _PARTS})


def write_arrays(arrays: NodeArrays) -> bytes:
    """Predictions and scores of a ready node."""
    named: dict[str, Any] = {}
    if arrays.predictions is not None:
        named = {f"predictions {name}": np.asarray(value) for name, value in vars(arrays.predictions).items()}
    for one in arrays.scores:
        named[f"score {one.criterion}"] = one.score
        if one.instability is not None:
            named[f"instability {one.criterion}"] = one.instability
    return save({name: np.ascontiguousarray(value) for name, value in named.items()})


class Arrays:
    """The arrays of one file. All raise UnreadableBundle where something is missing or of another kind."""

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        try:
            self._named: Mapping[str, NDArray[Any]] = load(data)
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise UnreadableBundle(f"{file} is no whole safetensors file ({error}); make the bundle anew.") from error

    def get(self, name: str, dtype: DTypeLike, shape: Sequence[int | None]) -> NDArray[Any]:
        """One array; None in `shape` is any length."""
        found = self._named.get(name)
        fits = (
            found is not None
            and found.dtype == np.dtype(dtype)
            and found.ndim == len(shape)
            and all(want in (None, has) for want, has in zip(shape, found.shape, strict=True))
        )
        if found is None or not fits:
            raise UnreadableBundle(f"{self._file} has no array {name!r} of the right shape; make the bundle anew.")
        return found

    def splits(self, pools: SplitPools) -> SplitIndices:
        """Indices of the three splits."""
        train, selection, test = (self.get(name, np.int64, [None]) for name in _PARTS)
        if any((part < 0).any() for part in (train, selection, test)):
            raise UnreadableBundle(f"{self._file} names images before the first one; make the bundle anew.")
        return SplitIndices(pools.train, train, pools.selection, selection, pools.test, test, pools.rule)

    def predictions(self, images: int, classes: int) -> Predictions:
        """Of N = `images` selection images and K = `classes`."""
        top = self.get("predictions top", np.int64, [images, None])
        found = Predictions(
            labels=self.get("predictions labels", np.int64, [images]),
            predicted=self.get("predictions predicted", np.int64, [images]),
            top=top,
            probability=self.get("predictions probability", np.float32, [images, top.shape[1]]),
            loss=float(self.get("predictions loss", np.float64, [1])[0]),
        )
        if any(((part < 0) | (part >= classes)).any() for part in (found.labels, found.predicted, found.top)):
            raise UnreadableBundle(f"{self._file} names a class that the experiment has not; make the bundle anew.")
        if not top.shape[1] or not (found.probability >= 0).all() or not np.isfinite(found.probability).all():
            raise UnreadableBundle(f"{self._file} has probabilities that are none; make the bundle anew.")
        return found

    def scores(self, by: ScoredBy, units: int) -> ScoreArrays:
        """A criterion's values for that many units."""
        score = self.get(f"score {by.criterion}", np.float64, [units])
        name = f"instability {by.criterion}"
        instability = self.get(name, np.float64, [units]) if name in self._named else None
        return ScoreArrays(by.criterion, score, instability, by.batches, by.batch_size)
