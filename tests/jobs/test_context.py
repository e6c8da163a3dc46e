"""The seconds left in a step of a job, estimated from its pace."""

from pathlib import Path

import pytest

from cnnpruner.jobs import context
from tests.jobs.contexts import FakeContext


def test_the_time_left_is_reported_once_the_pace_can_be_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("cnnpruner.jobs.context.time.monotonic", lambda: now[0])
    fake = FakeContext(tmp_path)
    report = context.progress_in_range(fake, 0.5, 1.0, shows_eta=True)
    for now[0], done in ((0.5, 0.1), (2.0, 0.25), (6.0, 0.75)):
        report(done, "scoring")
    assert fake.progress_reports == [(0.55, "scoring", None), (0.625, "scoring", 6.0), (0.875, "scoring", 2.0)]
    context.progress_in_range(fake, 0.0, 0.5)(0.5, "reading")
    assert fake.progress_reports[-1] == (0.25, "reading", None)
