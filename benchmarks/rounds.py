"""Contenders take turns, round by round, so that a busy machine slows all of them equally."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
BATCHES = 8
"""Batches per round."""


@dataclass(frozen=True)
class Contender:
    """A function to time, and what to prepare before each timing."""

    run: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


def interleave(contenders: Mapping[str, Contender], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return seconds per contender and round, after one warm-up round. Each round starts with another contender."""
    names = list(contenders)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for round_number in range(-1, rounds):
        for turn in range(len(names)):
            name = names[(round_number + turn) % len(names)]
            duration = _time(contenders[name])
            if round_number >= 0:
                seconds[name].append(duration)
    return seconds


def ratio(ours: list[float], peers: list[float]) -> float:
    """Return the median over the rounds of our time divided by the peer's."""
    return median(our_seconds / peer_seconds for our_seconds, peer_seconds in zip(ours, peers, strict=True))


def _time(contender: Contender) -> float:
    contender.prepare()
    start = time.perf_counter()
    contender.run()
    return time.perf_counter() - start
