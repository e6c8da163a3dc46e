"""Asking a network about images as part of a job: stoppable after every batch, and told in the values that are kept."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnpruner.data.images.images import ImageSet, Normalize
from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.training.evaluation import Predictions as Answers
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.jobs.context import OnProgress
from cnnpruner.planning.intervals import wilson


def evaluate(
    network: nn.Module, chosen: tuple[ImageSet, NDArray[np.int64]], normalize: Normalize, tell: OnProgress
) -> Predictions:
    """What the network says about the chosen images, in their order; `tell` hears of every batch."""
    images, indices = chosen
    message = f"evaluating {len(indices):,} images"
    answers = predict(network, images, indices, normalize, progress=lambda done, all_: tell(done / all_, message))
    return _kept(answers)


def accuracy_of(correct: int, images: int) -> Accuracy:
    """With its Wilson interval."""
    return Accuracy(accuracy=correct / images, correct=correct, images=images, interval=wilson(correct, images))


def count_correct(predictions: Predictions) -> int:
    """Images classified rightly."""
    return int((predictions.labels == predictions.predicted).sum())


def _kept(answers: Answers) -> Predictions:
    return Predictions(
        labels=answers.labels,
        predicted=answers.predicted,
        top=answers.top_classes,
        probability=answers.top_probabilities,
        loss=answers.mean_loss,
    )
