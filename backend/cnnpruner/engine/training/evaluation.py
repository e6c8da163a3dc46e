"""What a network says about images."""

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
BATCH = 256


def predict(
    network: nn.Module,
    images: ImageSet,
    indices: NDArray[np.int64],
    normalize: Normalize,
    progress: Progress | None = None,
    batch_size: int = BATCH,
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
                progress(sum(len(part[0]) for part in parts) / len(chosen), f"evaluating {len(chosen):,} images")
    classes, probabilities, losses = (torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True))
    return Predictions(images.labels[chosen].numpy(), classes[:, 0], classes, probabilities, _mean(losses))


def _answers(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    top = logits.softmax(1).topk(min(TOP, logits.shape[1]), dim=1)
    return top.indices, top.values, functional.cross_entropy(logits, labels, reduction="none")


def _mean(losses: NDArray[np.float32]) -> float:
    """The largest float32 where an overflow made it infinite, since numbers are stored."""
    mean = float(losses.astype(np.float64).mean())
    return mean if np.isfinite(mean) else float(np.finfo(np.float32).max)
