"""`cnnpruner latency` measures a node, or shows what was measured, with the ratio to the root or why there is none."""

import argparse
from typing import Any

import pytest

from cnnpruner.cli import latency as command
from cnnpruner.cli import make_parser
from cnnpruner.domain.tree.latencies import LatencyDistribution
from tests.values import latency, unpaired_latency, unreliable_latency


class _Server:
    """Replaces a client of a server that has these latencies once it has measured."""

    def __init__(self, *latencies: LatencyDistribution) -> None:
        self._latencies = latencies
        self.measure_calls: list[tuple[int, int]] = []

    def measure_latency(self, node_id: int, batch: int) -> Any:
        """Records the call; returns a job."""
        self.measure_calls.append((node_id, batch))
        return argparse.Namespace(id=3)

    def wait(self, job_id: int, show: Any) -> Any:
        """Returns the finished job."""
        return argparse.Namespace(result={"notes": ["ONNX Runtime is not installed."]})

    def latencies(self, node_id: int) -> tuple[LatencyDistribution, ...]:
        """Returns the latencies."""
        return self._latencies


def run(server: _Server, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(command, "Client", lambda _: server)
    return command.run(make_parser().parse_args(["latency", "7", *arguments]))


def test_it_measures_and_prints_a_line_for_each_latency(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = _Server(latency(2.6), latency(40.0, 80.0, batch=8))
    assert run(server, monkeypatch, "--batch", "8") == 0
    assert server.measure_calls == [(7, 8)]
    assert capsys.readouterr().out.splitlines() == [
        "PyTorch on CPU X, 2 threads, batch size 1: 2.6 ms; 0.65 × the latency of the root (0.65–0.65)",
        "PyTorch on CPU X, 2 threads, batch size 8: 40 ms; 0.50 × the latency of the root (0.50–0.50)",
        "ONNX Runtime is not installed.",
    ]


def test_stored_latencies_are_shown_without_measuring(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = _Server(unreliable_latency(5.2), unpaired_latency(2.6))
    assert run(server, monkeypatch, "--stored") == 0
    assert server.measure_calls == []
    assert capsys.readouterr().out.splitlines() == [
        "PyTorch on CPU X, 2 threads, batch size 1: 5.2 ms; unreliable; measure again",
        "PyTorch on CPU X, batch size 1: 2.6 ms; not compared with the root; measure again",
    ]
