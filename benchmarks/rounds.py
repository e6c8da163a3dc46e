"""Contenders that run one after the other, round by round, so that a busy machine slows all of them alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
BATCHES = 8
"""Batches a round."""


@dataclass(frozen=True)
class Contender:
    """What is timed, and what has to be made ready before each time."""

    run: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


def interleave(contenders: Mapping[str, Contender], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds per contender and round, after one round that is not counted. Each round begins with another one."""
    names = list(contenders)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for round_ in range(-1, rounds):
        for turn in range(len(names)):
            name = names[(round_ + turn) % len(names)]
            taken = _time(contenders[name])
            if round_ >= 0:
                seconds[name].append(taken)
    return seconds


def ratio(ours: list[float], others: list[float]) -> float:
    """Median over the rounds of our time over the other's."""
    return median(mine / other for mine, other in zip(ours, others, strict=True))


def _time(contender: Contender) -> float:
    contender.prepare()
    start = time.perf_counter()
    contender.run()
    return time.perf_counter() - start
