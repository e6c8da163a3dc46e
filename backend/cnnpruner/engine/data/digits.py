"""The 1,797 real handwritten digits that come with scikit-learn: 8×8 pixels, one channel, ten classes."""

import numpy as np
import torch

from cnnpruner.engine.data.images import TensorImages

CLASSES = tuple(str(digit) for digit in range(10))


def load_digits() -> TensorImages:
    """All 1,797 digits. Their values 0–16 (ink in a 4×4 cell) become uint8 by round(value · 255 / 16).

    Source: Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), the part scikit-learn ships.
    """
    from sklearn.datasets import load_digits as read_digits  # slow import, needed nowhere else

    bunch = read_digits()
    pixels = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    return TensorImages(torch.from_numpy(pixels).unsqueeze(1), labels)
