"""The job that scores a node."""

from itertools import pairwise
from pathlib import Path

import pytest

from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import score
from cnnpruner.planning.criteria import CRITERIA
from tests.jobs.contexts import FakeContext
from tests.jobs.trained_root import TrainedRoot


@pytest.mark.parametrize("end", [1.0, 0.2])
def test_progress_never_falls_when_several_passes_are_needed(
    trained: TrainedRoot, cache: WorkerCache, tmp_path: Path, end: float
) -> None:
    context = FakeContext(tmp_path)
    criteria = tuple(CRITERIA[name] for name in ("l1", "loss_change", "obs"))
    scores = score.run(score.ScoreInputs(trained.setup, trained.ready, 1, criteria), context, cache, end)
    assert [arrays.criterion for arrays in scores] == ["l1", "loss_change", "obs"]
    fractions = [fraction for fraction, _, _ in context.progress_reports]
    assert all(earlier <= later for earlier, later in pairwise(fractions))
    assert end / 2 < fractions[-1] <= end
