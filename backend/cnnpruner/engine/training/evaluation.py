"""What a network says about images, and counts of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.images.streamed import stream
from cnnpruner.engine.modes import evaluation_mode

TOP = 5
BATCH = 256

Classes = NDArray[np.int64]
Progress = Callable[[int, int], None]
"""Told (images done, images in all) after every batch; what it raises ends the work."""


@dataclass(frozen=True)
class Predictions:
    """Answers for N images, in the order asked for. K' = min(5, classes)."""

    labels: Classes
    """True classes [N]."""
    predicted: Classes
    """Most probable classes [N]."""
    probability: NDArray[np.float32]
    """Of the predicted class [N], 0–1."""
    top_classes: Classes
    """Most probable classes first [N, K']."""
    top_probabilities: NDArray[np.float32]
    """Theirs [N, K'], 0–1."""
    loss: NDArray[np.float32]
    """Cross-entropy of each image [N]."""

    @property
    def is_correct(self) -> NDArray[np.bool_]:
        """Which images are classified rightly [N]."""
        return np.equal(self.labels, self.predicted)

    @property
    def correct(self) -> int:
        """How many images are classified rightly."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """Share of images classified rightly, 0–1."""
        return self.correct / len(self.labels)

    @property
    def mean_loss(self) -> float:
        """Mean cross-entropy; the largest float32 where an overflow made it infinite, since numbers are stored."""
        mean = float(self.loss.astype(np.float64).mean())
        return mean if np.isfinite(mean) else float(np.finfo(np.float32).max)


def predict(
    network: nn.Module,
    images: ImageSet,
    indices: NDArray[np.int64],
    normalize: Normalize,
    batch_size: int = BATCH,
    progress: Progress | None = None,
) -> Predictions:
    """Ask the network (evaluation mode, float32, on its own device) about `indices` of `images`."""
    device = next(network.parameters()).device
    chosen = torch.as_tensor(indices)
    parts: list[tuple[Tensor, ...]] = []
    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(chosen, batch_size)
        for batch, pixels in zip(batches, stream(images, batches, device), strict=True):
            logits = network(normalize(pixels)).float()
            parts.append(_answers(logits, images.labels[batch].to(device)))
            if progress is not None:
                progress(sum(len(part[0]) for part in parts), len(chosen))
    classes, probabilities, loss = (torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True))
    labels = images.labels[chosen].numpy()
    return Predictions(labels, classes[:, 0], probabilities[:, 0], classes, probabilities, loss)


def _answers(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    top = logits.softmax(1).topk(min(TOP, logits.shape[1]), dim=1)
    return top.indices, top.values, functional.cross_entropy(logits, labels, reduction="none")


def confusion(labels: Classes, predicted: Classes, classes: int) -> NDArray[np.int64]:
    """Counts [K, K]: row true class, column predicted class."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def changed(before: Predictions, after: Predictions) -> tuple[int, int]:
    """(degraded, improved): images right before and wrong after, and the reverse."""
    return (
        int((before.is_correct & ~after.is_correct).sum()),
        int((~before.is_correct & after.is_correct).sum()),
    )
