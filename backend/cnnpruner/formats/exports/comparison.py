"""Compares an exported file, after it was read back, with the original network on the same images."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sharing.exports import ExportCheck
from cnnpruner.errors import ExportFailed

IMAGES_PER_BATCH = 32
TOLERANCE = 1e-4
"""Largest allowed difference of logits, relative to the largest logit (at least 1).

Summing float32 in another order changes logits by 1e-6.
"""

Forward = Callable[[Tensor], Tensor]
"""A network that computes logits [N, K] of images [N, C, H, W]."""


def compare(
    network: nn.Module, exported_network: Forward, images: Tensor, runtime: str, progress: Progress
) -> ExportCheck:
    """Measure how much the logits of `exported_network` differ from those of `network` (evaluation mode, on the CPU).

    images: [N, C, H, W], normalised. Raises ExportFailed if the logits differ beyond rounding.
    """
    differences, largest_logit, same_class_count = [torch.zeros(())], 0.0, 0
    for done_images, expected, actual in _run_both_networks(network, exported_network, images):
        if actual.shape != expected.shape:
            raise ExportFailed(
                f"{runtime} returns logits of shape {list(actual.shape)}, the network {list(expected.shape)}; choose "
                "another format."
            )
        differences.append((actual - expected).abs().max())
        largest_logit = max(largest_logit, float(expected.abs().max()))
        same_class_count += int((actual.argmax(1) == expected.argmax(1)).sum())
        progress(done_images / len(images), f"checking on {len(images)} images")
    difference = float(torch.stack(differences).max())  # unlike Python's max, propagates NaN
    if not difference <= TOLERANCE * max(1.0, largest_logit):
        raise ExportFailed(
            f"Run by {runtime}, the exported file gives different results: logits differ by up to {difference:.2g}. It "
            "was discarded; choose another format.",
            max_difference=difference if math.isfinite(difference) else None,
        )
    return ExportCheck(
        runtime=runtime,
        images=len(images),
        max_difference=difference,
        largest_logit=largest_logit,
        same_top1=same_class_count / len(images),
    )


def _run_both_networks(
    network: nn.Module, exported_network: Forward, images: Tensor
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Yield the number of images done, expected logits and actual logits.

    The first batch is a single image, because batches of one and of many images must work.
    """
    done_images = 0
    with torch.inference_mode():
        for batch in (images[:1], *torch.split(images[1:], IMAGES_PER_BATCH)):
            if len(batch):
                done_images += len(batch)
                yield done_images, network(batch), exported_network(batch)
