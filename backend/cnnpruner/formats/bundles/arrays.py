"""Writes the arrays of an experiment as safetensors, and validates them when reading them back."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from cnnpruner.domain.results import Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.sharing.bundles import NodeArrays, ScoredCriterion, SplitPools
from cnnpruner.errors import UnreadableBundle

_SPLIT_NAMES = ("train", "selection", "test")


def write_splits(splits: SplitIndices) -> bytes:
    """Return the image indices of the three splits as the content of a safetensors file."""
    return save({name: np.ascontiguousarray(getattr(splits, name)) for name in _SPLIT_NAMES})


def write_arrays(arrays: NodeArrays) -> bytes:
    """Return the predictions and scores of a ready node as the content of a safetensors file."""
    array_by_name: dict[str, Any] = {}
    if arrays.predictions is not None:
        array_by_name = {f"predictions {name}": np.asarray(value) for name, value in vars(arrays.predictions).items()}
    for scores in arrays.scores:
        array_by_name[f"score {scores.criterion}"] = scores.score
        if scores.instability is not None:
            array_by_name[f"instability {scores.criterion}"] = scores.instability
    return save({name: np.ascontiguousarray(value) for name, value in array_by_name.items()})


class ArrayFile:
    """The arrays of one safetensors file of a bundle. All methods raise UnreadableBundle if an array is missing or has
    the wrong type or shape.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        try:
            self._arrays: Mapping[str, NDArray[Any]] = load(data)
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise UnreadableBundle(
                f"{file} is not a complete safetensors file ({error}); create the bundle again."
            ) from error

    def get(self, name: str, dtype: DTypeLike, shape: Sequence[int | None]) -> NDArray[Any]:
        """Return the array `name`. A None in `shape` allows any length of that dimension."""
        array = self._arrays.get(name)
        has_expected_type_and_shape = (
            array is not None
            and array.dtype == np.dtype(dtype)
            and array.ndim == len(shape)
            and all(
                expected_length in (None, actual_length)
                for expected_length, actual_length in zip(shape, array.shape, strict=True)
            )
        )
        if array is None or not has_expected_type_and_shape:
            raise UnreadableBundle(
                f"{self._file} does not contain an array {name!r} of the right type and shape; create the bundle again."
            )
        return array

    def splits(self, pools: SplitPools) -> SplitIndices:
        """Return the image indices of the three splits."""
        train, selection, test = (self.get(name, np.int64, [None]) for name in _SPLIT_NAMES)
        if any((indices < 0).any() for indices in (train, selection, test)):
            raise UnreadableBundle(f"{self._file} contains negative image indices; create the bundle again.")
        return SplitIndices(pools.train, train, pools.selection, selection, pools.test, test, pools.rule)

    def predictions(self, images: int, classes: int) -> Predictions:
        """Return the predictions for N = `images` selection images and K = `classes` classes."""
        top = self.get("predictions top", np.int64, [images, None])
        predictions = Predictions(
            labels=self.get("predictions labels", np.int64, [images]),
            predicted=self.get("predictions predicted", np.int64, [images]),
            top=top,
            probability=self.get("predictions probability", np.float32, [images, top.shape[1]]),
            loss=float(self.get("predictions loss", np.float64, [1])[0]),
        )
        class_arrays = (predictions.labels, predictions.predicted, predictions.top)
        if any(((array < 0) | (array >= classes)).any() for array in class_arrays):
            raise UnreadableBundle(
                f"{self._file} contains a class that the experiment does not have; create the bundle again."
            )
        probability = predictions.probability
        if not top.shape[1] or not (probability >= 0).all() or not np.isfinite(probability).all():
            raise UnreadableBundle(f"{self._file} contains invalid probabilities; create the bundle again.")
        return predictions

    def scores(self, source: ScoredCriterion, units: int) -> ScoreArrays:
        """Return a criterion's scores. Raises UnreadableBundle unless there is one score for each of `units` units."""
        score = self.get(f"score {source.criterion}", np.float64, [units])
        name = f"instability {source.criterion}"
        instability = self.get(name, np.float64, [units]) if name in self._arrays else None
        return ScoreArrays(source.criterion, score, instability, source.batches, source.batch_size)
