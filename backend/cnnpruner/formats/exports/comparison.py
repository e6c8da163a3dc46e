"""A file that was read again, against the network that it was made of, on the same images."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sharing.exports import ExportCheck
from cnnpruner.errors import ExportFailed

BATCH = 32
TOLERANCE = 1e-4
"""Of the largest logit (at least 1). Float32 sums in another order differ by 1e-6 of it."""

Answer = Callable[[Tensor], Tensor]
"""Images [N, C, H, W] → logits [N, K]."""


def compare(network: nn.Module, other: Answer, images: Tensor, runtime: str, progress: Progress) -> ExportCheck:
    """How far the answers of `other` lie from those of `network` (evaluation mode, on the CPU).

    images: [N, C, H, W] as the network takes them. Raises ExportFailed where the two are not one network.
    """
    differences, largest, same = [torch.zeros(())], 0.0, 0
    for done, expected, found in _answers(network, other, images):
        if found.shape != expected.shape:
            raise ExportFailed(f"{runtime} answers {list(found.shape)} and the network {list(expected.shape)}.")
        differences.append((found - expected).abs().max())
        largest = max(largest, float(expected.abs().max()))
        same += int((found.argmax(1) == expected.argmax(1)).sum())
        progress(done / len(images), f"checking on {len(images)} images")
    difference = float(torch.stack(differences).max())  # unlike Python's max, tells not-a-number
    if not difference <= TOLERANCE * max(1.0, largest):
        raise ExportFailed(
            f"Read again by {runtime}, the file answers otherwise: logits differ by up to {difference:.2g}. It is not "
            "offered; take another format.",
            max_difference=difference if math.isfinite(difference) else None,
        )
    return ExportCheck(
        runtime=runtime,
        images=len(images),
        max_difference=difference,
        largest_logit=largest,
        same_top1=same / len(images),
    )


def _answers(network: nn.Module, other: Answer, images: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Images done, expected logits, found logits. The first batch is a single image: both kinds of batch must work."""
    done = 0
    with torch.inference_mode():
        for batch in (images[:1], *torch.split(images[1:], BATCH)):
            if len(batch):
                done += len(batch)
                yield done, network(batch), other(batch)
