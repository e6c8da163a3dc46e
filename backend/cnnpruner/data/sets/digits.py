"""The 1,797 real handwritten digits that come with scikit-learn: 8×8 pixels, one channel, ten classes."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from cnnpruner.data.images.images import TensorImages

DIGIT_CLASSES = tuple(str(digit) for digit in range(10))


def load_digits() -> TensorImages:
    """Load all 1,797 digits. Their values 0–16 (ink in a 4×4 cell) are converted to uint8 as round(value · 255 / 16).

    Source: Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), the subset in scikit-learn.
    """
    # Read without importing scikit-learn, which takes as long as importing torch.
    spec = find_spec("sklearn")
    assert spec is not None, "scikit-learn, a dependency of cnnpruner, is not installed"
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    digit_table = np.loadtxt(path, delimiter=",", dtype=np.int64)  # [1797, 64 pixels and the class]
    pixels = np.rint(digit_table[:, :64].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    labels = torch.from_numpy(digit_table[:, 64].copy())
    return TensorImages(torch.from_numpy(pixels).unsqueeze(1), labels)
