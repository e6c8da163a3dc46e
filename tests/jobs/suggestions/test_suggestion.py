"""The images of a search."""

import numpy as np
import pytest

from cnnpruner.jobs.suggestions.suggestion import divide_images


@pytest.mark.parametrize("seed", range(3))
def test_no_image_both_chooses_and_judges(seed: int) -> None:
    indices = np.arange(100, 361)
    choosing, unseen = divide_images(indices, seed)
    assert sorted([*choosing, *unseen]) == indices.tolist()
    assert abs(len(choosing) - len(unseen)) <= 1
    assert not np.array_equal(choosing, divide_images(indices, seed + 1)[0])


def test_a_single_image_chooses() -> None:
    choosing, unseen = divide_images(np.array([7]), 0)
    assert choosing.tolist() == [7] and len(unseen) == 0
