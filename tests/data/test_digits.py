"""Digits are read without importing scikit-learn."""

import subprocess
import sys

import numpy as np

from cnnpruner.data.sets.digits import load_digits


def test_digits_are_those_that_scikit_learn_reads() -> None:
    from sklearn.datasets import load_digits as load_with_sklearn

    expected, digits = load_with_sklearn(), load_digits()
    np.testing.assert_array_equal(digits.pixels[:, 0].numpy(), np.rint(expected.images * (255 / 16)))
    np.testing.assert_array_equal(digits.labels.numpy(), expected.target)


def test_reading_digits_does_not_import_scikit_learn() -> None:
    code = "import sys; from cnnpruner.data.sets import digits; digits.load_digits(); print('sklearn' in sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "False"
