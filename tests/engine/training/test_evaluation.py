"""Predictions and accuracies, compared with values computed by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.planning.intervals import accuracy_with_interval, wilson_interval


class _Echo(nn.Module):
    """Its logits are the pixels of the first row."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.dropout = nn.Dropout(0.9)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.dropout(images[:, 0, 0] * self.scale)
        return logits


def _images(rows: list[list[int]], labels: list[int]) -> TensorImages:
    pixels = torch.tensor(rows, dtype=torch.uint8)[:, None, None, :]
    return TensorImages(pixels, torch.tensor(labels))


def test_predictions_follow_the_logits_in_the_requested_order() -> None:
    rows = [[255, 0, 51, 0, 0, 0], [0, 0, 0, 0, 0, 255], [0, 255, 0, 0, 0, 0]]
    images, network = _images(rows, [0, 2, 1]), _Echo()
    reports: list[tuple[float, str]] = []
    result = predict(
        network,
        images,
        np.array([2, 0, 1]),
        Normalize((0.0,), (0.5,)),
        lambda done, message: reports.append((done, message)),
        2,
    )
    expected = torch.tensor([rows[2], rows[0], rows[1]]).float() / 255 * 2
    assert result.predicted.tolist() == [1, 0, 5]
    assert result.labels.tolist() == [1, 0, 2]
    assert result.is_correct.tolist() == [True, True, False]
    assert (result.correct, result.accuracy) == (2, 2 / 3)
    assert result.top.shape == (3, 5)
    assert result.top[1, :2].tolist() == [0, 2]
    assert np.allclose(result.probability, expected.softmax(1).topk(5).values.numpy())
    assert result.loss == pytest.approx(float(nn.functional.cross_entropy(expected, torch.tensor([1, 0, 2]))))
    assert reports == [(2 / 3, "evaluating 3 images"), (1.0, "evaluating 3 images")]
    assert network.training and network.dropout.training


def test_with_fewer_than_five_classes_all_are_returned() -> None:
    result = predict(_Echo(), _images([[9, 1, 5]], [0]), np.array([0]), Normalize((0.0,), (1.0,)))
    assert result.top.tolist() == [[0, 2, 1]]


def test_a_loss_that_overflows_is_reported_as_a_finite_number() -> None:
    network = _Echo()
    network.scale.data.fill_(torch.inf)
    result = predict(network, _images([[9, 1, 5]], [0]), np.array([0]), Normalize((0.0,), (1.0,)))
    assert result.loss == float(np.finfo(np.float32).max)


@pytest.mark.parametrize(
    ("correct", "images", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.8830, 1.0)],
)
def test_wilson_intervals_equal_the_published_ones(correct: int, images: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    result = wilson_interval(correct, images)
    assert (round(result.low, 4), round(result.high, 4)) == (low, high)


def test_accuracy_has_its_interval() -> None:
    result = accuracy_with_interval(3, 4)
    assert (result.accuracy, result.correct, result.images, result.interval) == (0.75, 3, 4, wilson_interval(3, 4))
