"""Computes the logits of a teacher, for training with knowledge distillation (Hinton et al. 2015, arXiv:1503.02531)."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.engine.inspection.trial import get_logits

BATCH_SIZE = 256
"""Number of images per forward pass when all logits are computed in advance."""


class Teacher:
    """A copy of a trained network in evaluation mode that provides its logits as targets.

    If the same images are used repeatedly without augmentation, the logits of all images are computed only once.
    """

    def __init__(self, network: nn.Module, device: torch.device, memory_format: torch.memory_format) -> None:
        self._network = copy.deepcopy(network).to(device).to(memory_format=memory_format).eval()
        self._cached_logits: Tensor | None = None

    @torch.no_grad()
    def cache_logits(self, images: Tensor) -> None:
        """Compute the logits [N, K] of all normalised training images [N, C, H, W] in advance.

        The batches in which they are computed do not depend on the order of training, so a resumed training run gets
        exactly the same logits.
        """
        self._cached_logits = torch.cat([self._compute_logits(batch) for batch in torch.split(images, BATCH_SIZE)])

    @torch.no_grad()
    def logits(self, images: Tensor, positions: Tensor) -> Tensor:
        """Return the logits [B, K], in float32, of normalised images [B, C, H, W]. `positions`: where these images are
        in the train split.
        """
        if self._cached_logits is not None:
            return self._cached_logits[positions.to(self._cached_logits.device)]
        return self._compute_logits(images)

    def _compute_logits(self, images: Tensor) -> Tensor:
        logits: Tensor = get_logits(self._network(images)).float()
        return logits


def distillation_loss(logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    """Return the distillation loss: T² times the mean over images of KL(teacher ‖ student), where the probabilities of
    teacher and student are softened by the temperature T. All logits are [B, K]. The factor T² keeps the size of the
    gradients independent of T (Hinton et al. 2015, section 2).
    """
    student_log_probabilities = functional.log_softmax(logits / temperature, dim=1)
    teacher_log_probabilities = functional.log_softmax(teacher_logits / temperature, dim=1)
    divergence = functional.kl_div(
        student_log_probabilities, teacher_log_probabilities, reduction="batchmean", log_target=True
    )
    return temperature**2 * divergence
