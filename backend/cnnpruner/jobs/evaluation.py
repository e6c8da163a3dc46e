"""Asking a network about images as part of a job: stoppable after every batch."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.context import OnProgress


def evaluate(
    network: nn.Module, chosen: tuple[ImageSet, NDArray[np.int64]], normalize: Normalize, tell: OnProgress
) -> Predictions:
    """What the network says about the chosen images, in their order; `tell` hears of every batch."""
    images, indices = chosen
    message = f"evaluating {len(indices):,} images"
    return predict(network, images, indices, normalize, progress=lambda done, all_: tell(done / all_, message))
