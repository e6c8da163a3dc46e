"""Predicts the classes of images."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.data.images.streamed import stream
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.modes import evaluation_mode

TOP = 5
BATCH_SIZE = 256


def predict(
    network: nn.Module,
    images: ImageSet,
    indices: NDArray[np.int64],
    normalize: Normalize,
    progress: Progress | None = None,
    batch_size: int = BATCH_SIZE,
) -> Predictions:
    """Predict the classes of the images at `indices`, with the network in evaluation mode, on its device, and with
    logits in float32.
    """
    device = next(network.parameters()).device
    image_indices = torch.as_tensor(indices)
    batch_results: list[tuple[Tensor, ...]] = []
    with evaluation_mode(network), torch.inference_mode():
        batches = torch.split(image_indices, batch_size)
        for batch, pixels in zip(batches, stream(images, batches, device), strict=True):
            logits = network(normalize(pixels)).float()
            batch_results.append(_find_top_classes(logits, images.labels[batch].to(device)))
            if progress is not None:
                done = sum(len(classes) for classes, _, _ in batch_results)
                progress(done / len(image_indices), f"evaluating {len(image_indices):,} images")
    classes, probabilities, losses = (torch.cat(column).cpu().numpy() for column in zip(*batch_results, strict=True))
    return Predictions(
        images.labels[image_indices].numpy(), classes[:, 0], classes, probabilities, _finite_mean(losses)
    )


def _find_top_classes(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the most probable classes of every image and their probabilities, [N, at most 5] each, and the
    cross-entropy of every image, [N].
    """
    top = logits.softmax(1).topk(min(TOP, logits.shape[1]), dim=1)
    return top.indices, top.values, functional.cross_entropy(logits, labels, reduction="none")


def _finite_mean(losses: NDArray[np.float32]) -> float:
    """Return the mean loss, or the largest float32 number if the mean is not finite, because only finite numbers can be
    stored.
    """
    mean = float(losses.astype(np.float64).mean())
    return mean if np.isfinite(mean) else float(np.finfo(np.float32).max)
