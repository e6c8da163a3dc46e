"""Latencies: how long one forward pass takes, also as a ratio to the root's time measured in the same run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from cnnpruner.domain.base import Value

Runtime = Literal["eager", "onnxruntime"]
Reliability = Literal["reliable", "unreliable", "unpaired"]

MIN_BLOCK_PAIRS = 20
"""Smallest number of pairs of timed blocks (one of the node, one of the root) for which a ratio can be reliable."""
RUNTIME_NAMES: dict[Runtime, str] = {"eager": "PyTorch", "onnxruntime": "ONNX Runtime"}

_LEGACY_DEFAULTS: dict[str, Any] = {
    "threads": None, "root_median_ms": None, "ratio": None, "ratio_interval": None, "pairs": 0,
    "reliability": "unpaired", "reference_number": None, "measured_number": None, "measured_at": None,
    "block_ms": [], "root_block_ms": [],
}  # fmt: skip
"""Values for fields that latencies measured by earlier versions do not have."""


class RatioInterval(Value):
    """95% bootstrap confidence interval of the ratio of two latencies (Efron 1979)."""

    low: float = Field(description="Lower end of the interval.")
    high: float = Field(description="Upper end of the interval.")


class Latency(Value):
    """Time of one forward pass, measured after a warm-up. Timed blocks of forward passes alternate between the node and
    the root.

    The time of the same network varies between runs by more than most plans save. Therefore, compare only reliable
    ratios, never milliseconds.
    """

    runtime: Runtime = Field(description="What ran the network: PyTorch in eager mode, or ONNX Runtime.")
    batch: int = Field(description="Number of images per forward pass.")
    device: str = Field(description="Device name as reported by its vendor.")
    threads: int | None = Field(
        description="Number of CPU threads; null if the latency was measured by an earlier version of CNNPruner."
    )
    median_ms: float = Field(description="Time of one forward pass, in milliseconds: the median over the timed blocks.")
    iqr_ms: float = Field(
        description="Interquartile range, over the timed blocks, of the time of one forward pass, in milliseconds."
    )
    root_median_ms: float | None = Field(
        description="Median time of one forward pass of the root in the same run, in milliseconds; null if the root "
        "was not measured."
    )
    ratio: float | None = Field(
        description="Ratio of the node's time to the root's time, as the median over all pairs of timed blocks. By "
        "definition, it is 1 for the root and for nodes with the root's structure. Null if an earlier version measured "
        "the latency, without the root.",
    )
    ratio_interval: RatioInterval | None = Field(
        description="95% confidence interval of `ratio`; null if an earlier version measured it, without the root."
    )
    pairs: int = Field(
        description="Number of pairs of timed blocks, each with one block of the node and one of the root; 0 if the "
        "root was not measured."
    )
    reliability: Reliability = Field(
        description="`reliable`: there are at least 20 pairs, and both ends of the interval are within 10% of the "
        "ratio. `unreliable`: there are fewer pairs, or the interval is wider; use neither the ratio nor the "
        "milliseconds for comparisons. `unpaired`: measured by an earlier version, without the root; measure the "
        "latency again.",
    )
    reference_number: int | None = Field(
        description="Number of the node that the ratio refers to: 0, the root. Null if an earlier version measured the "
        "latency, without the root.",
    )
    measured_number: int | None = Field(
        description="Number of the node that was measured: this node, or another node with the same structure, whose "
        "measurement this node shares. Null if an earlier version measured the latency, without the root.",
    )
    measured_at: datetime | None = Field(
        description="When the latency was measured (UTC); null if an earlier version measured it, without the root."
    )

    @model_validator(mode="before")
    @classmethod
    def _add_missing_fields(cls, content: Any) -> Any:
        """Adds the fields that a latency measured by an earlier version does not have."""
        if not isinstance(content, dict) or "reliability" in content:
            return content
        return {name: value for name, value in _LEGACY_DEFAULTS.items() if name in cls.model_fields} | content


class LatencyDistribution(Latency):
    """A latency, with the times of all blocks in the order in which they were measured."""

    block_ms: list[float] = Field(
        description="Time of one forward pass in each timed block, in milliseconds; empty if an earlier version "
        "measured the latency, without the root."
    )
    root_block_ms: list[float] = Field(
        description="For each block in `block_ms`, the time of one forward pass of the root in the paired block, in "
        "milliseconds; empty if the node has the root's structure, or if an earlier version measured the latency, "
        "without the root.",
    )

    def summary(self) -> Latency:
        """Returns the latency without the times of its blocks."""
        return Latency(**{name: getattr(self, name) for name in Latency.model_fields})


LatencySettings = tuple[Runtime, int, str, int | None]
"""How a latency was measured: runtime, batch, device and threads. Only latencies with equal settings can be compared.
"""


def get_latency_settings(latency: Latency) -> LatencySettings:
    """Returns the settings with which the latency was measured."""
    return latency.runtime, latency.batch, latency.device, latency.threads


def find_single_image_latency(latencies: Iterable[Latency]) -> Latency | None:
    """Returns the first latency measured in PyTorch at batch size 1; None if there is none. Every ready node has such a
    latency.
    """
    return next((latency for latency in latencies if latency.batch == 1 and latency.runtime == "eager"), None)


def describe_latency_ratio(latency: Latency) -> str:
    """Returns, for example, “0.71 × the latency of the root (0.69–0.73)”, or why the latency is not compared
    with the root's.
    """
    if latency.ratio is None or latency.ratio_interval is None:
        return "not compared with the root; measure again"
    if latency.reliability == "unreliable":
        return "unreliable; measure again"
    if latency.root_median_ms is None:
        return "1 × the latency of the root"
    return (
        f"{latency.ratio:.2f} × the latency of the root "
        f"({latency.ratio_interval.low:.2f}–{latency.ratio_interval.high:.2f})"
    )
