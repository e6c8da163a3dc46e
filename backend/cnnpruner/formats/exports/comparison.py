"""Reads an exported file back and compares its network with the original network on the same images."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.sharing.exports import ExportCheck
from cnnpruner.errors import ExportFailed

IMAGES_PER_BATCH = 32
TOLERANCE = 1e-4
"""Maximum accepted difference between logits, relative to the largest absolute logit, or to 1 if all logits are smaller
than 1.

Summing float32 numbers in another order changes logits by about 1e-6.
"""

ForwardPass = Callable[[Tensor], Tensor]
"""A network as a function from images [N, C, H, W] to logits [N, K]."""


def compare(
    network: nn.Module, exported_network: ForwardPass, images: Tensor, runtime: str, progress: Progress
) -> ExportCheck:
    """Measure how much the logits of `exported_network` differ from the logits of `network`, which is in evaluation
    mode on the CPU.

    images: [N, C, H, W], normalised. Raises ExportFailed if the logits differ by more than rounding errors.
    """
    differences, largest_logit, matching_prediction_count = [torch.zeros(())], 0.0, 0
    for compared_image_count, expected_logits, actual_logits in _run_both_networks(network, exported_network, images):
        if actual_logits.shape != expected_logits.shape:
            raise ExportFailed(
                f"{runtime} returns logits of shape {list(actual_logits.shape)}, but the network returns "
                f"{list(expected_logits.shape)}; choose another format."
            )
        differences.append((actual_logits - expected_logits).abs().max())
        largest_logit = max(largest_logit, float(expected_logits.abs().max()))
        matching_prediction_count += int((actual_logits.argmax(1) == expected_logits.argmax(1)).sum())
        progress(compared_image_count / len(images), f"checking on {len(images)} images")
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
        same_top1=matching_prediction_count / len(images),
    )


def _run_both_networks(
    network: nn.Module, exported_network: ForwardPass, images: Tensor
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Yield, for each batch, the number of images processed so far, the expected logits and the actual logits.

    The first batch is a single image, because the exported network must accept a batch of one image as well as larger
    batches.
    """
    compared_image_count = 0
    with torch.inference_mode():
        for batch in (images[:1], *torch.split(images[1:], IMAGES_PER_BATCH)):
            if len(batch):
                compared_image_count += len(batch)
                yield compared_image_count, network(batch), exported_network(batch)
